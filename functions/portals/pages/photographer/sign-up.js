// A photographer opens a studio: name, address, password with its rules shown as they are met, then "check your mail".

import { postOpenly } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { showPasswordBy } from '/assets/photographer/password.js';
import { t } from '/assets/shared/words.js';

startPage();
showPasswordBy(byId('show'), byId('password'));

// The rule of the security page, checked again by the API: 12 characters, and one of each kind.
const RULES = [
  ['length', (typed) => [...typed.normalize('NFC')].length >= 12],
  ['upper', (typed) => /\p{Lu}/u.test(typed)],
  ['lower', (typed) => /\p{Ll}/u.test(typed)],
  ['digit', (typed) => /\p{Nd}/u.test(typed)],
  ['special', (typed) => /[^\p{L}\p{N}]/u.test(typed)],
];

const password = byId('password');
const rules = byId('rules');
rules.append(...RULES.map(([name]) => h('li', { data: { rule: name } },
  icon('check'), h('span', {}, t(`password.${name}`)), h('span', { class: 'seen-by-readers rule-state' }))));
password.addEventListener('input', showRules);
showRules();

function showRules() {
  let broken = null;
  for (const [name, holds] of RULES) {
    const line = rules.querySelector(`[data-rule="${name}"]`);
    const isMet = holds(password.value);
    line.classList.toggle('met', isMet);
    line.querySelector('.rule-state').textContent = t(isMet ? 'password.met' : 'password.not_met');
    broken ??= isMet ? null : name;
  }
  password.setCustomValidity(broken ? t(`password.${broken}`) : '');
}

onSubmit(byId('form'), async (values) => {
  await postOpenly('/v1/studios', { studio_name: values.studio_name, email: values.email, password: values.password });
  byId('sent-to').textContent = t('check_mail.lead', { email: values.email });
  password.value = '';
  show('sent');
});

byId('other').addEventListener('click', () => {
  showRules();
  show('ask');
  byId('email').focus();
});

function show(name) {
  byId('ask').hidden = name !== 'ask';
  byId('sent').hidden = name !== 'sent';
  if (name === 'sent') byId('sent').focus();
}
