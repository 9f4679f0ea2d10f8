// A school's students whom the user may see: search by name or class, and a share code for each family.

import { all } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { emptyState, screen, skeleton } from '/assets/shared/elements.js';
import { heading } from '/assets/shared/heading.js';
import { titled } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';
import { offerCode, offerLetters } from '/assets/school/codes.js';
import { isAdministrator, noSchool, startSchool } from '/assets/school/shell.js';
import { studentsPart } from '/assets/school/students-table.js';

const { school } = await startSchool('students');
screen(byId('screen'), {
  load: async () => (school ? all(`/v1/schools/${school.id}/students`) : []),
  draw: (students) => {
    if (!school) return noSchool();
    titled(school.name);
    const teaches = !isAdministrator(school);
    const line = t(teaches ? 'students.lead_teacher' : 'students.lead');
    if (!students.length) {
      const classes = school.classes?.join(', ');
      return [heading({ title: school.name, line }), emptyState({
        title: t(teaches ? 'students.none_teacher' : 'students.none'),
        text: teaches ? t('students.none_teacher_text', { classes }) : t('students.none_text'),
        art: '/assets/shared/row.svg', testId: 'no-students',
      })];
    }
    const letter = { from: school.name, lead: t('letter.lead_school') };
    let shown = students;
    const words = h('span', {}, '');
    const letters = h('button', { type: 'button', class: 'primary', data: { testid: 'letters' },
      onclick: () => offerLetters(shown.map(named), letter, { title: t('codes.letters'), none: '' }) }, icon('print'), words);
    const part = studentsPart(students, {
      act: (student) => h('button', { type: 'button', class: 'quiet', 'aria-label': t('students.code_for', { name: named(student).name }),
        onclick: () => offerCode(named(student), letter), data: { testid: 'code-for' } }, t('students.code')),
      onShown: (now) => {
        shown = now;
        words.textContent = t('students.letters', { count: now.length });
        letters.disabled = now.length === 0;
      },
    });
    return [heading({ title: school.name, line, actions: [letters] }), part];
  },
  bones: skeleton(8, 'row'),
});

function named({ id, given_name: given, family_name: family }) {
  return { id, name: `${given} ${family}`.trim() };
}
