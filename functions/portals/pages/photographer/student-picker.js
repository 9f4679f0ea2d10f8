// A field that finds a student while the user types: name, class or number.

import { h } from '/assets/shared/dom.js';
import { byStudent, t } from '/assets/shared/words.js';

let lists = 0;

/**
 * The label of a student in the list: students with the same name are distinguished by their number, or by a count.
 */
function labels(students) {
  const named = new Map();
  for (const student of [...students].sort(byStudent)) {
    const one = listName(student);
    const name = student.class ? t('picker.name_class', { name: one, class: student.class }) : one;
    let label = name;
    if (named.has(label) && student.school_issued_id) label = t('picker.twin', { name, id: student.school_issued_id });
    for (let twin = 2; named.has(label); twin += 1) label = t('picker.twin', { name, id: twin });
    named.set(label, student);
  }
  return named;
}

/** The list that all pickers of a page share; `picker()` makes an input for it. */
export function studentPickers(students) {
  const byLabel = labels(students);
  lists += 1;
  const list = h('datalist', { id: `students-${lists}` }, [...byLabel.keys()].map((label) => h('option', { value: label })));

  /** `chosen()` returns the student of the typed label, of the only label that contains the text, or null. */
  function picker(testId) {
    const input = h('input', { list: list.id, autocomplete: 'off', required: true, placeholder: t('picker.placeholder'), data: { testid: testId } });
    const chosen = () => {
      const typed = input.value.trim();
      if (byLabel.has(typed)) return byLabel.get(typed);
      const fitting = typed ? [...byLabel.keys()].filter((label) => label.toLowerCase().includes(typed.toLowerCase())) : [];
      return fitting.length === 1 ? byLabel.get(fitting[0]) : null;
    };
    return { input, chosen };
  }
  return { list, picker };
}

/** Both names, or the only one. */
export const fullName = ({ given_name: given, family_name: family }) =>
  (given && family ? t('picker.full', { family, given }) : given || family);

/** The same with the family name first. */
const listName = ({ given_name: given, family_name: family }) =>
  (given && family ? t('picker.name', { family, given }) : given || family);
