// One school: its students, its picture days, and its roster import.

import { all, get } from '/assets/shared/api.js';
import { byId, h, icon, inAddress } from '/assets/shared/dom.js';
import { emptyState, screen, skeleton } from '/assets/shared/elements.js';
import { titled } from '/assets/shared/page.js';
import { civilDate, t } from '/assets/shared/words.js';
import { planPictureDay } from '/assets/photographer/plan-day.js';
import { firstImports, importsPart } from '/assets/photographer/roster-list.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';
import { accessRequests, asksSchool } from '/assets/school/access-requests.js';
import { familiesPart } from '/assets/school/families.js';
import { staffPart } from '/assets/school/staff-part.js';
import { studentsPart } from '/assets/school/students-table.js';

const id = inAddress('id');
const who = await startPhotographer('schools');
const again = screen(byId('screen'), {
  load: async () => {
    const [school, students, days, imports] = await Promise.all([
      get(`/v1/schools/${id}`), all(`/v1/schools/${id}/students`), all(`/v1/schools/${id}/picture-days`), firstImports(id)]);
    const requests = asksSchool(school) ? await all(`/v1/schools/${id}/access-requests`) : [];
    return { school, students, days, imports, requests };
  },
  draw: ({ school, students, days, imports, requests }) => {
    titled(school.name);
    const importHref = `/photographer/import?school=${school.id}`;
    const roster = h('a', { class: students.length ? 'button' : 'button primary', href: importHref, data: { testid: 'import-roster' } }, icon('upload'), t('school.import'));
    const plan = h('button', { type: 'button', class: students.length ? 'primary' : null, onclick: () => planPictureDay([school]), data: { testid: 'plan-day' } }, icon('calendar'), t('plan.open'));
    return [
      heading({ trail: [[t('nav.schools'), '/photographer/schools']], title: school.name, line: t('school.line', { zone: school.time_zone.replaceAll('_', ' ') }),
        actions: students.length ? [roster, plan] : [] }),
      accessRequests(school, requests),
      students.length && daysPart(days, plan),
      students.length
        ? studentsPart(students)
        : emptyState({ title: t('school.no_students'), text: t('school.no_students_text'), art: '/assets/shared/row.svg', action: roster, testId: 'no-students' }),
      importsPart(school.id, imports, who?.person?.id, () => again()),
      familiesPart(school.id),
      staffPart(school.id),
    ];
  },
  bones: skeleton(8, 'row'),
});

function daysPart(days) {
  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('nav.picture_days')),
    days.length
      ? h('ul', { class: 'rows' }, days.sort((a, b) => b.date.localeCompare(a.date)).map((day) => h('li', {},
        h('a', { class: 'row-link', href: `/photographer/picture-day?id=${day.id}` },
          h('span', { class: 'row-icon' }, icon('calendar')),
          h('span', { class: 'row-words' }, h('strong', {}, civilDate(day.date)), h('span', { class: 'muted small' }, t(`kind.${day.kind}`))),
          icon('on')))))
      : h('p', { class: 'muted' }, t('school.no_days')));
}
