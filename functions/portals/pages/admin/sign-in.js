// Sign-in of a site administrator: the password and a code together, or a passkey.

import { postOpenly, session } from '/assets/shared/api.js';
import { byId } from '/assets/shared/dom.js';
import { onSubmit, say } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { knowsPasskeys, showPasskey } from '/assets/shared/passkeys.js';
import { showPasswordBy } from '/assets/shared/password.js';

startPage();
showPasswordBy(byId('show'), byId('password'));

onSubmit(byId('form'), async ({ email, password, code }) => {
  // Six digits are a code of the app; recovery codes contain letters.
  const method = /^[\d\s]+$/.test(code) ? 'totp' : 'recovery_code';
  await postOpenly('/v1/admin/sign-in', { email, password, second_factor: { method, code } });
  location.replace('/admin');
});

// A passkey identifies the user: nothing is typed.
const passkey = byId('passkey');
passkey.hidden = !knowsPasskeys;
passkey.addEventListener('click', async () => {
  passkey.disabled = true;
  try {
    const { ceremony, options } = await postOpenly('/v1/admin/sign-in/passkey/options', {});
    await postOpenly('/v1/admin/sign-in/passkey', { ceremony, credential: await showPasskey(options) });
    location.replace('/admin');
  } catch (problem) {
    say(problem.message, 'bad');
  } finally {
    passkey.disabled = false;
  }
});

session({ optional: true })
  .then((who) => who && location.replace('/admin'))
  .catch(() => null);
