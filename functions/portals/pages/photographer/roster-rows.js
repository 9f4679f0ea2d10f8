// The rows of a preview, by kind: the refused ones first, because they need a person.

import { get } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { failedState, notice, pill, skeleton } from '/assets/shared/elements.js';
import { knows, t } from '/assets/shared/words.js';
import { fieldOf, reasonOf } from '/assets/photographer/reasons.js';

const KINDS = ['refused', 'warned', 'duplicate', 'changed', 'left', 'added', 'skipped'];
/** What a kind shows in addition to the row and the student. */
const MORE = { refused: ['import.field', 'import.reason'], warned: ['import.note'], duplicate: ['import.same_as', 'import.reason'], changed: ['import.change'], left: [], added: [], skipped: ['import.reason'] };
const OF_IDS = ['lost_zeros', 'rounded'];
const PAGE = 100;

/** Refused columns, each with its reason. */
export function refusedColumns(columns) {
  if (!columns.length) return null;
  return notice('warn',
    h('h3', {}, t('import.refused_columns', { count: columns.length })),
    h('ul', { class: 'plain-list', data: { testid: 'refused-columns' } }, columns.map(({ column, reason }) =>
      h('li', {}, h('strong', {}, h('bdi', {}, column)), h('span', {}, reasonOf(reason))))));
}

/** Corrections and warnings with their counts; for ids that a spreadsheet shortened, also the choice. */
export function warningsPart(roster, readAgain) {
  const warnings = Object.entries(roster.preview.warnings ?? {});
  if (!warnings.length) return null;
  const ofIds = warnings.filter(([code]) => OF_IDS.includes(code)).reduce((sum, [, count]) => sum + count, 0);
  const others = warnings.filter(([code]) => !OF_IDS.includes(code));
  const isKept = roster.ids === 'keep';
  return notice('warn',
    h('h3', {}, t('import.warnings')),
    h('ul', { class: 'plain-list', data: { testid: 'warnings' } },
      ofIds > 0 && h('li', {},
        h('span', {}, t(isKept ? 'import.ids_kept' : 'import.ids_file', { count: ofIds })),
        readAgain && h('button', { type: 'button', onclick: () => readAgain({ ids: isKept ? 'file' : 'keep' }), data: { testid: 'other-ids' } },
          t(isKept ? 'import.ids_take_file' : 'import.ids_take_ours'))),
      others.map(([code, count]) => h('li', {}, knows(`warning.${code}`) ? t(`warning.${code}`, { count }) : `${code}: ${count}`))));
}

/** One fold per kind that has rows; a fold loads its rows when it opens. */
export function rowsPart(roster) {
  const { preview } = roster;
  // A row with two warnings is listed once, so the number of rows is known only after the list is read.
  const counts = { ...preview, duplicate: preview.duplicates, warned: Object.keys(preview.warnings ?? {}).length };
  const kinds = KINDS.filter((kind) => counts[kind] > 0);
  if (!kinds.length) return null;
  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('import.rows')),
    kinds.map((kind, at) => fold(roster, kind, counts[kind], at === 0)));
}

function fold(roster, kind, count, isOpen) {
  const inside = h('div', { class: 'fold-body' });
  const details = h('details', { class: `fold ${kind}`, data: { testid: `rows-${kind}` } },
    h('summary', {}, t(`import.rows_${kind}`, { count })), inside);
  let isLoaded = false;
  details.addEventListener('toggle', () => {
    if (!details.open || isLoaded) return;
    isLoaded = true;
    load(roster.id, kind, inside);
  });
  details.open = isOpen;
  return details;
}

async function load(id, kind, inside, cursor = null, body = h('tbody')) {
  const bones = skeleton(3);
  inside.append(bones);
  try {
    const { items, next_cursor: next } = await get(`/v1/roster-imports/${id}/rows`, { kind, limit: PAGE, cursor });
    bones.remove();
    if (!body.isConnected) inside.append(table(kind, body));
    body.append(...items.map((row) => line(kind, row)));
    if (next) {
      const more = h('button', { type: 'button', onclick: () => {
        more.remove();
        load(id, kind, inside, next, body);
      } }, t('more'));
      inside.append(more);
    }
  } catch (problem) {
    bones.remove();
    const failed = failedState(problem, () => {
      failed.remove();
      load(id, kind, inside, cursor, body);
    });
    inside.append(failed);
  }
}

function table(kind, body) {
  const heads = ['import.row', 'import.student', ...MORE[kind]];
  return h('table', { class: 'rows-read' }, h('thead', {}, h('tr', {}, heads.map((name) => h('th', { scope: 'col' }, t(name))))), body);
}

/** A student with the data that distinguishes them: class, grade, teacher and school id. */
export function studentLine(student) {
  const name = [student.family_name, student.given_name].filter(Boolean).join(', ');
  const more = [student.class, student.grade, student.teacher, student.school_issued_id && t('import.conflict_id', { id: student.school_issued_id })].filter(Boolean);
  return h('div', { class: 'row-student' }, h('bdi', {}, name || '–'),
    more.length > 0 && h('span', { class: 'muted small' }, more.map((value, at) => [at > 0 && ' · ', h('bdi', {}, value)])));
}

function line(kind, row) {
  const said = reasonOf(row.reason, row.reason_text);
  return h('tr', {},
    h('td', { class: 'figures' }, row.row ?? '–'),
    h('td', {}, studentLine(row)),
    kind === 'refused' && [h('td', {}, row.field ? fieldOf(row.field) : '–'), h('td', {}, said)],
    kind === 'warned' && h('td', {}, (row.warnings ?? []).map(note)),
    kind === 'duplicate' && [h('td', { class: 'figures' }, row.same_as ?? '–'), h('td', {}, said)],
    kind === 'skipped' && h('td', {}, said),
    kind === 'changed' && h('td', {}, changes(row)));
}

function note({ field, reason }) {
  const words = knows(`note.${reason}`) ? t(`note.${reason}`) : reason;
  return h('p', {}, field ? `${fieldOf(field)}: ${words}` : words);
}

/** Before and after of each field. A completely different name under the same id is marked for a check. */
function changes(row) {
  return [
    row.is_another_name && h('p', {}, pill(t('import.another_name'), 'warn')),
    (row.changes ?? []).map(({ field, before, after }) => h('p', {}, t('import.changed_from', { field: fieldOf(field), before: before ?? '–', after: after ?? '–' })))];
}
