// Which column of the file is which field: shown for every column, and changed by reading the file again.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit, options } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

const FIELDS = ['given_name', 'family_name', 'school_issued_id', 'class', 'grade', 'teacher'];
const IGNORE = 'ignore';

/** The mapping of an import; `readAgain(mapping)` is missing when the file is no longer at hand. */
export function mappingPart(roster, readAgain) {
  const columns = Object.entries(roster.mapping ?? {});
  if (!columns.length) return null;
  const refused = new Set((roster.refused_columns ?? []).map(({ column }) => column));
  const selects = columns.filter(([column]) => !refused.has(column)).map(([column, use]) => {
    const select = h('select', { disabled: !readAgain, data: { column } },
      options([[IGNORE, t('import.ignore')], ...FIELDS.map((name) => [name, t(`field.${name}`)])], FIELDS.includes(use) ? use : IGNORE));
    return { column, select };
  });
  const form = h('form', { class: 'mapping', data: { testid: 'mapping' } },
    h('div', { class: 'mapping-columns' }, selects.map(({ column, select }) => field(column, select))),
    readAgain ? h('button', { type: 'submit' }, t('import.read_again')) : h('p', { class: 'muted small' }, t('import.mapping_fixed')));
  onSubmit(form, () => readAgain(Object.fromEntries(selects.map(({ column, select }) => [column, select.value]))));
  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('import.mapping')),
    h('p', { class: 'muted' }, t('import.mapping_text')),
    form);
}
