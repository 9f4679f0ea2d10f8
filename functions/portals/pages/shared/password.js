// A password field that can show its text; for a new password it shows which rules are met.

import { h, icon } from '/assets/shared/dom.js';
import { field } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

// The rule of the security page, which the API checks again: 12 characters, and one of each kind.
const RULES = [
  ['length', (typed) => [...typed.normalize('NFC')].length >= 12],
  ['upper', (typed) => /\p{Lu}/u.test(typed)],
  ['lower', (typed) => /\p{Ll}/u.test(typed)],
  ['digit', (typed) => /\p{Nd}/u.test(typed)],
  ['special', (typed) => /[^\p{L}\p{N}]/u.test(typed)],
];

export function showPasswordBy(box, input) {
  box.addEventListener('change', () => {
    input.type = box.checked ? 'text' : 'password';
  });
}

/** Lists which rules the typed password meets, and blocks the form until it meets all. */
export function rulesOf(input, list) {
  list.append(...RULES.map(([name]) => h('li', { data: { rule: name } },
    icon('check'), h('span', {}, t(`password.${name}`)), h('span', { class: 'seen-by-readers rule-state' }))));
  const show = () => {
    let broken = null;
    for (const [name, holds] of RULES) {
      const line = list.querySelector(`[data-rule="${name}"]`);
      const isMet = holds(input.value);
      line.classList.toggle('met', isMet);
      line.querySelector('.rule-state').textContent = t(isMet ? 'password.met' : 'password.not_met');
      broken ??= isMet ? null : name;
    }
    input.setCustomValidity(broken ? t(`password.${broken}`) : '');
  };
  input.addEventListener('input', show);
  show();
  return show;
}

function withSwitch(label, input, ...more) {
  const box = h('input', { type: 'checkbox' });
  showPasswordBy(box, input);
  const whole = field(label, input);
  whole.append(h('label', { class: 'check' }, box, h('span', {}, t('field.show_password'))), ...more);
  return whole;
}

/** The field for an existing password. */
export function currentPassword(name) {
  const input = h('input', { id: name, name, type: 'password', required: true, maxlength: 256, autocomplete: 'current-password' });
  return withSwitch(t('field.current_password'), input);
}

/** The field for a new password. */
export function newPassword(name) {
  const list = h('ul', { class: 'rules', id: `${name}-rules` });
  const input = h('input', { id: name, name, type: 'password', required: true, maxlength: 256, autocomplete: 'new-password', 'aria-describedby': list.id });
  const whole = withSwitch(t('field.new_password'), input, list);
  rulesOf(input, list);
  return whole;
}
