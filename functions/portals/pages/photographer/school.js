// One school: its students, its picture days, and the way to bring in a roster.

import { all, get } from '/assets/shared/api.js';
import { byId, calmly, h, icon, inAddress } from '/assets/shared/dom.js';
import { emptyState, field, options, screen, skeleton } from '/assets/shared/elements.js';
import { titled } from '/assets/shared/page.js';
import { byName, civilDate, t } from '/assets/shared/words.js';
import { accessRequests } from '/assets/photographer/access-requests.js';
import { planPictureDay } from '/assets/photographer/plan-day.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

// A keystroke filters after this many milliseconds: 500 rows stay smooth on a Chromebook.
const TYPING_MS = 80;

const id = inAddress('id');
await startPhotographer('schools');
screen(byId('screen'), {
  load: async () => {
    const [school, students, days] = await Promise.all([
      get(`/v1/schools/${id}`), all(`/v1/schools/${id}/students`), all(`/v1/schools/${id}/picture-days`)]);
    const requests = school.parent_access === 'approval' ? await all(`/v1/schools/${id}/access-requests`) : [];
    return { school, students, days, requests };
  },
  draw: ({ school, students, days, requests }) => {
    titled(school.name);
    const importHref = `/photographer/import?school=${school.id}`;
    const roster = h('a', { class: students.length ? 'button' : 'button primary', href: importHref, data: { testid: 'import-roster' } }, icon('upload'), t('school.import'));
    const plan = h('button', { type: 'button', class: students.length ? 'primary' : null, onclick: () => planPictureDay([school]), data: { testid: 'plan-day' } }, icon('calendar'), t('plan.open'));
    return [
      heading({ trail: [[t('nav.schools'), '/photographer/schools']], title: school.name, line: t('school.line', { zone: school.time_zone.replaceAll('_', ' ') }),
        actions: students.length ? [roster, plan] : [] }),
      accessRequests(requests),
      students.length && daysPart(days, plan),
      students.length
        ? studentsPart(students)
        : emptyState({ title: t('school.no_students'), text: t('school.no_students_text'), art: '/assets/shared/row.svg', action: roster, testId: 'no-students' }),
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

// ---- students ----

function studentsPart(students) {
  students.sort((a, b) => byName(a.family_name, b.family_name) || byName(a.given_name, b.given_name));
  const classes = [...new Set(students.map((one) => one.class).filter(Boolean))].sort(byName);
  const search = h('input', { type: 'search', autocomplete: 'off', data: { testid: 'student-search' } });
  const classFilter = h('select', { data: { testid: 'class-filter' } }, options([['', t('school.all_classes')], ...classes.map((one) => [one, one])], ''));
  const found = h('p', { class: 'muted small', role: 'status', data: { testid: 'students-found' } });
  const rows = students.map((student) => ({ student, text: searchText(student), element: studentRow(student) }));
  const body = h('tbody', {}, rows.map((row) => row.element));

  const filter = () => {
    const wanted = folded(search.value).split(' ').filter(Boolean);
    let shown = 0;
    for (const { student, text, element } of rows) {
      const fits = wanted.every((word) => text.includes(word)) && (!classFilter.value || student.class === classFilter.value);
      element.hidden = !fits;
      shown += fits;
    }
    found.textContent = shown === students.length ? t('school.count', { count: shown }) : t('school.found', { count: shown, all: students.length });
  };
  search.addEventListener('input', calmly(TYPING_MS, filter));
  classFilter.addEventListener('change', filter);
  filter();

  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('school.students')),
    h('div', { class: 'filters' }, field(t('school.search'), search), classes.length > 0 && field(t('field.class'), classFilter), found),
    h('table', { class: 'students', data: { testid: 'students' } },
      h('thead', {}, h('tr', {}, ['field.family_name', 'field.given_name', 'field.class', 'field.grade', 'field.teacher', 'field.school_issued_id']
        .map((name) => h('th', { scope: 'col' }, t(name))))),
      body));
}

function studentRow(student) {
  const cell = (name, value) => h('td', { class: value ? null : 'none', data: { label: t(name) } }, h('bdi', {}, value ?? '–'));
  return h('tr', { data: { testid: `student-${student.id}` } },
    h('th', { scope: 'row' }, h('bdi', {}, student.family_name)),
    cell('field.given_name', student.given_name), cell('field.class', student.class), cell('field.grade', student.grade),
    cell('field.teacher', student.teacher), cell('field.school_issued_id', student.school_issued_id));
}

/** Without case and accents: `lukasz` finds `Łukasz`, `nino` finds `Niño`. */
function folded(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ł', 'l').replaceAll('ø', 'o').trim();
}

function searchText(student) {
  return folded([student.given_name, student.family_name, student.school_issued_id, student.class, student.teacher].filter(Boolean).join(' '));
}
