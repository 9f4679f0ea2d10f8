// A site administrator signs in: the password and a code in one go.

import { postOpenly, session } from '/assets/shared/api.js';
import { byId } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { showPasswordBy } from '/assets/shared/password.js';

startPage();
showPasswordBy(byId('show'), byId('password'));

onSubmit(byId('form'), async ({ email, password, code }) => {
  // Six digits are the app's; what is on paper has letters in it.
  const method = /^[\d\s]+$/.test(code) ? 'totp' : 'recovery_code';
  await postOpenly('/v1/admin/sign-in', { email, password, second_factor: { method, code } });
  location.replace('/admin');
});

session({ optional: true })
  .then((who) => who && location.replace('/admin'))
  .catch(() => null);
