// The school's staff, and which approval families need before they see photos: for its administrators.

import { get, put } from '/assets/shared/api.js';
import { byId, h } from '/assets/shared/dom.js';
import { field, options, say, screen, skeleton } from '/assets/shared/elements.js';
import { heading } from '/assets/shared/heading.js';
import { t } from '/assets/shared/words.js';
import { noSchool, startSchool } from '/assets/school/shell.js';
import { staffPart } from '/assets/school/staff-part.js';

const { who, school } = await startSchool('staff');
screen(byId('screen'), {
  load: async () => school && get(`/v1/schools/${school.id}`),
  draw: (now) => (now
    ? [heading({ trail: [[now.name, `/school/students?id=${now.id}`]], title: t('nav.staff') }), staffPart(now.id, who.person.id), accessPart(now)]
    : noSchool()),
  bones: skeleton(3, 'row'),
});

function accessPart(now) {
  const choice = h('select', { data: { testid: 'parent-access' } },
    options([['code', t('access.choose_code')], ['approval', t('access.choose_approval')]], now.parent_access));
  const line = h('p', { class: 'muted' }, t(`access.${now.parent_access}`));
  const students = h('input', { type: 'checkbox', data: { testid: 'adult-students' } });
  students.checked = now.adult_students;
  // Only changed values are sent: another page may have changed the rest.
  const set = async (change, words) => {
    try {
      Object.assign(now, await put(`/v1/schools/${now.id}/parent-access`, change));
      say(words());
    } catch (problem) {
      say(problem.message, 'bad');
    }
    choice.value = now.parent_access;
    students.checked = now.adult_students;
    line.textContent = t(`access.${now.parent_access}`);
  };
  choice.addEventListener('change', () => set({ parent_access: choice.value }, () => t('access.changed')));
  students.addEventListener('change', () => set({ adult_students: students.checked }, () => t(now.adult_students ? 'access.students_open' : 'access.students_closed')));
  return h('section', { class: 'part', id: 'access' },
    h('h2', { class: 'part-title' }, t('access.heading')), line, h('div', { class: 'filters' }, field(t('access.heading'), choice)),
    h('label', { class: 'check' }, students, h('span', {}, t('access.students'))),
    h('p', { class: 'hint' }, t('access.students_help')));
}
