// Maps the columns of the file to fields. The user chooses from the first cells, and the file is read again.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit, options } from '/assets/shared/elements.js';
import { number, t } from '/assets/shared/words.js';

const FIELDS = ['given_name', 'family_name', 'school_issued_id', 'class', 'grade', 'teacher'];
const WHOLE_NAMES = ['full_name_last_first', 'full_name_first_last'];
const NAMES = new Set(['given_name', 'family_name', ...WHOLE_NAMES]);
const IGNORE = 'ignore';
const CELLS = 4;
/** The number of rows in which the header is searched. */
const HEADERS = 6;

/**
 * The columns of a file. `readAgain(choices)` is missing when the file is no longer in memory. If the columns are
 * unclear, the user also chooses the header row.
 */
export function columnsForm(roster, sample, readAgain, isAsked) {
  if (!sample.rows.length && !Object.keys(roster.mapping ?? {}).length) return null;
  const cards = h('div', { class: 'mapping-columns' });
  const header = isAsked && headerSelect(sample, readAgain);
  let shown = [];
  const draw = () => {
    shown = columnsOf(roster, sample, header ? Number(header.value) : sample.header_row, readAgain);
    cards.replaceChildren(...shown.map(card));
  };
  header?.addEventListener?.('change', draw);
  draw();
  const form = h('form', { class: 'mapping', data: { testid: 'mapping' } },
    header && field(t('import.header_row'), header),
    cards,
    readAgain
      ? h('button', { type: 'submit', class: isAsked ? 'primary' : null, data: { testid: 'read-again' } }, t('import.read_again'))
      : h('p', { class: 'muted small' }, t('import.mapping_fixed')));
  onSubmit(form, () => {
    const headerRow = header ? Number(header.value) : sample.header_row;
    const mapping = mappingOf(roster, shown, headerRow);
    if (!Object.values(mapping).some((use) => NAMES.has(use))) throw Object.assign(new Error(t('import.mapping_incomplete')), { code: 'mapping_incomplete' });
    return readAgain({ mapping, header_row: header || headerRow === 0 ? headerRow : undefined });
  });
  return h('section', { class: 'part' },
    !isAsked && h('h2', { class: 'part-title' }, t('import.mapping')),
    roster.is_mapping_remembered && h('p', {}, t('import.mapping_remembered')),
    !isAsked && h('p', { class: 'muted' }, t('import.mapping_text')),
    form,
    readAgain && h('p', { class: 'muted small' }, t('import.mapping_remember')));
}

/** Each column with its field; a refused column has no choice. */
function columnsOf(roster, sample, headerRow, readAgain) {
  const columns = sample.rows.length ? columnsOfSample(sample, headerRow) : columnsOfMapping(roster);
  const uses = usesOf(roster);
  const refused = new Set((roster.refused_columns ?? []).map(({ column }) => column));
  return columns.map((column) => ({ ...column, select: isRefused(column, refused) ? null : useSelect(column, uses, readAgain) }));
}

/** Each column of the first rows: its header, if there is one, and its first cells. */
function columnsOfSample({ rows }, headerRow) {
  const header = rows.find(({ row }) => row === headerRow && headerRow > 0);
  const below = rows.filter(({ row }) => row > headerRow);
  return Array.from({ length: Math.max(...rows.map(({ cells }) => cells.length)) }, (_, at) => ({
    at, name: header?.cells[at] || '', cells: below.map(({ cells }) => cells[at] ?? '').filter(Boolean).slice(0, CELLS),
  }));
}

const columnsOfMapping = (roster) => Object.keys(roster.mapping ?? {}).map((name, at) => ({ at, name, cells: [] }));

/** The field of each column, by its name or by its position. */
function usesOf(roster) {
  const mapping = roster.mapping ?? {};
  return ({ at, name }) => mapping[`#${at + 1}`] ?? mapping[name] ?? IGNORE;
}

const isRefused = ({ name }, refused) => name !== '' && refused.has(name);

function useSelect(column, uses, readAgain) {
  const texts = [[IGNORE, t('import.ignore')], ...FIELDS.map((name) => [name, t(`field.${name}`)]),
    ...WHOLE_NAMES.map((name) => [name, t(`import.${name}`)]), ['role', t('import.role')], ['status', t('import.status')]];
  return h('select', { disabled: !readAgain, data: { column: column.name || `#${column.at + 1}` } }, options(texts, uses(column)));
}

/** The choice of the header row; a file without a header starts with a student. */
function headerSelect({ rows }, readAgain) {
  const first = rows.slice(0, HEADERS);
  const filled = ({ cells }) => cells.filter(Boolean).length;
  const likely = first.reduce((best, row) => (filled(row) > filled(best) ? row : best), first[0]);
  const texts = first.map(({ row, cells }) => [String(row), t('import.header_row_nr', { row, cells: cells.filter(Boolean).slice(0, 3).join(', ') })]);
  return h('select', { disabled: !readAgain, data: { testid: 'header-row' } },
    options([...texts, ['0', t('import.header_row_none')]], String(likely.row)));
}

function card({ at, name, cells, select }) {
  const label = name || t('import.column_nr', { number: number(at + 1) });
  const lines = h('ul', { class: 'cells' }, cells.map((cell) => h('li', {}, h('bdi', {}, cell))));
  return h('div', { class: 'column' },
    select ? field(label, select) : h('div', { class: 'field' }, h('span', { class: 'label' }, h('bdi', {}, label)), h('p', { class: 'muted small' }, t('import.not_read'))),
    select && lines);
}

/** The choice in the API's format: by name, or by position where a column has no unique name. */
function mappingOf(roster, shown, headerRow) {
  const times = (name) => shown.filter((column) => column.name === name).length;
  const byPlace = ({ at, name }) => headerRow === 0 || !name || times(name) > 1 || `#${at + 1}` in (roster.mapping ?? {});
  const chosen = shown.filter(({ select }) => select);
  return Object.fromEntries(chosen.map((column) => [byPlace(column) ? `#${column.at + 1}` : column.name, column.select.value]));
}
