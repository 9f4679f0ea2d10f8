// Accepts an invitation: a password and an authenticator app together, then the recovery codes.

import { postOpenly } from '/assets/shared/api.js';
import { appSetup } from '/assets/shared/authenticator-app.js';
import { byId, h, tokenOnce } from '/assets/shared/dom.js';
import { emptyState, screen } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { newPassword } from '/assets/shared/password.js';
import { showRecoveryCodes } from '/assets/shared/recovery-codes.js';
import { t } from '/assets/shared/words.js';

startPage();
const token = tokenOnce();

screen(byId('screen'), {
  load: async () => (token ? postOpenly('/v1/admin/enrolments/secret', { token }) : null),
  draw: (secret) => (secret ? enrolment(secret) : emptyState({ title: t('enrol.none'), text: t('enrol.none_text'), isWhole: true })),
});

function enrolment(secret) {
  const password = newPassword('password');
  const input = password.querySelector('input');
  const setup = appSetup(secret, async (code) => {
    if (!input.reportValidity()) throw { code: 'password_first', message: t('enrol.first') };
    const enrolled = await postOpenly('/v1/admin/enrolments', { token, password: input.value, code });
    await showRecoveryCodes(enrolled.recovery_codes);
    location.replace('/admin');
  });
  return [h('h1', {}, t('enrol.heading')), h('p', { class: 'muted' }, t('enrol.lead', { email: secret.email })),
    h('section', { class: 'stack' }, h('h2', {}, t('enrol.password')), password),
    h('section', { class: 'stack' }, h('h2', {}, t('enrol.app')), setup)];
}
