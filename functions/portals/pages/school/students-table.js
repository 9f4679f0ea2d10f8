// A school's students: searched by name, class or id, filtered by class.

import { calmly, h } from '/assets/shared/dom.js';
import { field, options } from '/assets/shared/elements.js';
import { byName, byStudent, t } from '/assets/shared/words.js';

// The delay in milliseconds before a keystroke filters: 500 rows stay smooth on a Chromebook.
const TYPING_MS = 80;

/**
 * The part with the table. `act(student)` creates the action of a row; `onShown(students)` receives the visible rows.
 */
export function studentsPart(students, { act = null, onShown = null } = {}) {
  students.sort(byStudent);
  const classes = [...new Set(students.map((one) => one.class).filter(Boolean))].sort(byName);
  const search = h('input', { type: 'search', autocomplete: 'off', data: { testid: 'student-search' } });
  const classFilter = h('select', { data: { testid: 'class-filter' } }, options([['', t('school.all_classes')], ...classes.map((one) => [one, one])], ''));
  const found = h('p', { class: 'muted small', role: 'status', data: { testid: 'students-found' } });
  const rows = students.map((student) => ({ student, text: searchText(student), element: studentRow(student, act) }));
  const body = h('tbody', {}, rows.map((row) => row.element));

  const filter = () => {
    const wanted = folded(search.value).split(' ').filter(Boolean);
    const shown = [];
    for (const { student, text, element } of rows) {
      const fits = wanted.every((word) => text.includes(word)) && (!classFilter.value || student.class === classFilter.value);
      element.hidden = !fits;
      if (fits) shown.push(student);
    }
    found.textContent = shown.length === students.length ? t('school.count', { count: shown.length }) : t('school.found', { count: shown.length, all: students.length });
    onShown?.(shown);
  };
  search.addEventListener('input', calmly(TYPING_MS, filter));
  classFilter.addEventListener('change', filter);
  filter();

  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('school.students')),
    h('div', { class: 'filters' }, field(t('school.search'), search), classes.length > 0 && field(t('field.class'), classFilter), found),
    h('table', { class: 'students', data: { testid: 'students' } },
      h('thead', {}, h('tr', {}, ['field.family_name', 'field.given_name', 'field.class', 'field.grade', 'field.teacher', 'field.school_issued_id']
        .map((name) => h('th', { scope: 'col' }, t(name))),
      act && h('th', { scope: 'col' }, t('students.code')))),
      body));
}

function studentRow(student, act) {
  const cell = (name, value) => h('td', { class: value ? null : 'none', data: { label: t(name) } }, h('bdi', {}, value || '–'));
  return h('tr', { data: { testid: `student-${student.id}` } },
    // A student with only one name is sorted by that name.
    h('th', { scope: 'row' }, h('bdi', {}, student.family_name || student.given_name)),
    cell('field.given_name', student.family_name ? student.given_name : null), cell('field.class', student.class), cell('field.grade', student.grade),
    cell('field.teacher', student.teacher), cell('field.school_issued_id', student.school_issued_id),
    act && h('td', { class: 'act' }, act(student)));
}

/** Normalizes case and accents: `lukasz` finds `Łukasz`, `nino` finds `Niño`. */
function folded(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ł', 'l').replaceAll('ø', 'o').trim();
}

function searchText(student) {
  return folded([student.given_name, student.family_name, student.school_issued_id, student.class, student.teacher].filter(Boolean).join(' '));
}
