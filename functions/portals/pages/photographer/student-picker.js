// One field that finds a student while one types: name, class or number.

import { h } from '/assets/shared/dom.js';
import { byName, t } from '/assets/shared/words.js';

let lists = 0;

/** What a student is called in the list: two of one name are told apart by their number, or by a count. */
function labels(students) {
  const named = new Map();
  for (const student of [...students].sort((a, b) => byName(a.family_name, b.family_name) || byName(a.given_name, b.given_name))) {
    const name = t(student.class ? 'picker.name_class' : 'picker.name', { family: student.family_name, given: student.given_name, class: student.class ?? '' });
    let label = name;
    if (named.has(label) && student.school_issued_id) label = t('picker.twin', { name, id: student.school_issued_id });
    for (let twin = 2; named.has(label); twin += 1) label = t('picker.twin', { name, id: twin });
    named.set(label, student);
  }
  return named;
}

/** The list every picker of a page shares; `picker()` makes an input on it. */
export function studentPickers(students) {
  const byLabel = labels(students);
  lists += 1;
  const list = h('datalist', { id: `students-${lists}` }, [...byLabel.keys()].map((label) => h('option', { value: label })));

  /** `chosen()` is the student of the typed label, of the only label that contains what was typed, or null. */
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

export const fullName = (student) => t('picker.full', { family: student.family_name, given: student.given_name });
