// The rows of a preview, kind by kind: the refused ones first, because they need somebody.

import { get } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { failedState, notice, pill, skeleton } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { fieldOf, reasonOf } from '/assets/photographer/reasons.js';

const KINDS = [['refused', 'refused'], ['duplicate', 'duplicates'], ['changed', 'changed'], ['left', 'left'], ['added', 'added']];
/** What a kind tells besides the row and the student. */
const MORE = { refused: ['import.field', 'import.reason'], duplicate: ['import.same_as', 'import.reason'], changed: ['import.change'], left: [], added: [] };
const PAGE = 100;

/** Columns nobody may bring in, each with its reason. */
export function refusedColumns(columns) {
  if (!columns.length) return null;
  return notice('warn',
    h('h3', {}, t('import.refused_columns', { count: columns.length })),
    h('ul', { class: 'plain-list', data: { testid: 'refused-columns' } }, columns.map(({ column, reason }) =>
      h('li', {}, h('strong', {}, h('bdi', {}, column)), h('span', {}, reasonOf(reason))))));
}

/** One fold per kind that has rows; a fold loads its rows when it opens. */
export function rowsPart(roster) {
  const kinds = KINDS.filter(([, count]) => roster.preview[count] > 0);
  if (!kinds.length) return null;
  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('import.rows')),
    kinds.map(([kind, count], at) => fold(roster, kind, roster.preview[count], at === 0)));
}

function fold(roster, kind, count, isOpen) {
  const inside = h('div', { class: 'fold-body' });
  const details = h('details', { class: 'fold', data: { testid: `rows-${kind}` } },
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
  return h('table', {}, h('thead', {}, h('tr', {}, heads.map((name) => h('th', { scope: 'col' }, t(name))))), body);
}

function line(kind, row) {
  const name = [row.family_name, row.given_name].filter(Boolean).join(', ');
  return h('tr', {},
    h('td', { class: 'figures' }, row.row ?? '–'),
    h('td', {}, h('bdi', {}, name || '–')),
    kind === 'refused' && [h('td', {}, row.field ? fieldOf(row.field) : '–'), h('td', {}, reasonOf(row.reason, row.reason_text))],
    kind === 'duplicate' && [h('td', { class: 'figures' }, row.same_as ?? '–'), h('td', {}, reasonOf(row.reason, row.reason_text))],
    kind === 'changed' && h('td', {}, changes(row)));
}

/** Before and after of each field; a whole other name under the same id deserves a look. */
function changes(row) {
  return [
    row.is_another_name && h('p', {}, pill(t('import.another_name'), 'warn')),
    (row.changes ?? []).map(({ field, before, after }) => h('p', {}, t('import.changed_from', { field: fieldOf(field), before: before ?? '–', after: after ?? '–' })))];
}
