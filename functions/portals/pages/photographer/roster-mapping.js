// Which column of the file is which field: chosen by looking at its first cells, and changed by reading the file again.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit, options } from '/assets/shared/elements.js';
import { number, t } from '/assets/shared/words.js';

const FIELDS = ['given_name', 'family_name', 'school_issued_id', 'class', 'grade', 'teacher'];
const WHOLE_NAMES = ['full_name_last_first', 'full_name_first_last'];
const NAMES = new Set(['given_name', 'family_name', ...WHOLE_NAMES]);
const IGNORE = 'ignore';
const CELLS = 4;

/** The columns of a file; `readAgain(choices)` is missing when the file is no longer at hand. */
export function columnsForm(roster, sample, readAgain, isAsked) {
  const header = sample.rows.find(({ row }) => row === sample.header_row) ?? null;
  const columns = sample.rows.length ? columnsOfSample(sample, header) : columnsOfMapping(roster);
  if (!columns.length) return null;
  const uses = usesOf(roster);
  const refused = new Set((roster.refused_columns ?? []).map(({ column }) => column));
  const shown = columns.map((column) => ({ ...column, select: isRefused(column, refused) ? null : useSelect(column, uses, readAgain) }));
  const first = isAsked && firstRowSelect(readAgain);
  const form = h('form', { class: 'mapping', data: { testid: 'mapping' } },
    first && field(t('import.first_row_is'), first),
    h('div', { class: 'mapping-columns' }, shown.map(card)),
    readAgain
      ? h('button', { type: 'submit', class: isAsked ? 'primary' : null, data: { testid: 'read-again' } }, t('import.read_again'))
      : h('p', { class: 'muted small' }, t('import.mapping_fixed')));
  onSubmit(form, () => {
    const mapping = mappingOf(shown, first?.value === 'student', isAsked);
    if (!Object.values(mapping).some((use) => NAMES.has(use))) throw Object.assign(new Error(t('import.mapping_incomplete')), { code: 'mapping_incomplete' });
    return readAgain({ mapping, header_row: first?.value === 'student' ? 0 : undefined });
  });
  return h('section', { class: 'part' },
    !isAsked && h('h2', { class: 'part-title' }, t('import.mapping')),
    roster.is_mapping_remembered && h('p', {}, t('import.mapping_remembered')),
    !isAsked && h('p', { class: 'muted' }, t('import.mapping_text')),
    form,
    readAgain && h('p', { class: 'muted small' }, t('import.mapping_remember')));
}

/** Each column of the first rows with its header, if there is one, and its first cells below. */
function columnsOfSample({ rows, header_row: headerRow }, header) {
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  const below = rows.filter(({ row }) => row > headerRow);
  return Array.from({ length: width }, (_, at) => ({
    at, name: header?.cells[at] || '', cells: below.map(({ cells }) => cells[at] ?? '').filter(Boolean).slice(0, CELLS),
  }));
}

const columnsOfMapping = (roster) => Object.keys(roster.mapping ?? {}).map((name, at) => ({ at, name, cells: [] }));

/** What each column was read as: by its name or by its place. */
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

function firstRowSelect(readAgain) {
  return h('select', { disabled: !readAgain, data: { testid: 'first-row' } },
    options([['header', t('import.first_row_header')], ['student', t('import.first_row_student')]], 'header'));
}

function card({ at, name, cells, select }) {
  const label = name || t('import.column_nr', { number: number(at + 1) });
  const lines = h('ul', { class: 'cells' }, cells.map((cell) => h('li', {}, h('bdi', {}, cell))));
  return h('div', { class: 'column' },
    select ? field(label, select) : h('div', { class: 'field' }, h('span', { class: 'label' }, h('bdi', {}, label)), h('p', { class: 'muted small' }, t('import.not_read'))),
    select && lines);
}

/**
 * The choice, in the form the API takes. Where the person was asked, columns go by their places: there may be no
 * header, or two alike.
 */
function mappingOf(shown, isByPlace, isAsked) {
  const chosen = shown.filter(({ select }) => select);
  return Object.fromEntries(chosen.map(({ at, name, select }) => [isByPlace || isAsked || !name ? `#${at + 1}` : name, select.value]));
}
