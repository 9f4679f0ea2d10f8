// Share codes of a picture day: for one gallery's family, or for all.

import { civilDate, t } from '/assets/shared/words.js';
import * as codes from '/assets/school/codes.js';

const letterOf = (day) => ({
  from: day.school_name,
  lead: t('letter.lead', { date: civilDate(day.date), kind: t(`kind.${day.kind}`) }),
});
const studentOf = (gallery) => ({ id: gallery.student_id, name: gallery.student_name });

/** One student's code: created on a press, shown once. */
export function offerCodes(day, gallery) {
  codes.offerCode(studentOf(gallery), letterOf(day));
}

/** Letters for all students whose gallery is published: a new code and one page each. */
export function offerLetters(day, galleries) {
  codes.offerLetters(galleries.map(studentOf), letterOf(day), { title: t('codes.letters'), none: t('codes.none_published') });
}
