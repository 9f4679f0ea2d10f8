// Texts of an access for a parent: the student and the state.

import { h } from '/assets/shared/dom.js';
import { moment, t } from '/assets/shared/words.js';

/** The student of the access. A waiting or ended access shows the school, and no child's name. */
export function nameOf({ student_name: student, school_name: school }) {
  return student ? t('own_access.named', { student, school }) : t('own_access.unnamed', { school });
}

/** The state, in one or two lines. */
export function accessWords(access) {
  const line = (words) => h('span', { class: 'muted small' }, words);
  const since = moment(access.requested_at);
  switch (access.state) {
    case 'active': return line(t('own_access.active', { since }));
    case 'approved': return line(t('own_access.approved', { since }));
    case 'ended': return [
      line(access.ended_at ? t('own_access.ended_on', { when: moment(access.ended_at) }) : t('own_access.ended')),
      line(t(access.school_must_agree ? 'own_access.ask_school' : 'own_access.ask_again')),
    ];
    default: return line(t('own_access.waits', { since }));
  }
}
