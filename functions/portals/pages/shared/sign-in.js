// Sign-in with a password or a passkey, at the portals for photographers and school staff.

import { postOpenly, safeNext, session } from '/assets/shared/api.js';
import { byId, inAddress } from '/assets/shared/dom.js';
import { onSubmit, say } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { knowsPasskeys, showPasskey } from '/assets/shared/passkeys.js';
import { showPasswordBy } from '/assets/shared/password.js';
import { secondStage } from '/assets/shared/second-stage.js';

/** Prepares the sign-in page of a portal; after sign-in the user continues to the page they wanted. */
export function signInPage(portal) {
  startPage();
  showPasswordBy(byId('show'), byId('password'));
  const next = safeNext(inAddress('next'));

  onSubmit(byId('form'), async ({ email, password }) => {
    const answer = await postOpenly('/v1/sign-in/password', { portal, email, password });
    if (answer.status === 'signed_in') location.replace(next);
    else await secondStage(answer, portal, next);
  });

  // A passkey identifies the user: nothing is typed.
  const passkey = byId('passkey');
  passkey.hidden = !knowsPasskeys;
  passkey.addEventListener('click', async () => {
    passkey.disabled = true;
    try {
      const { ceremony, options } = await postOpenly('/v1/sign-in/passkey/options', {});
      await postOpenly('/v1/sign-in/passkey', { portal, ceremony, credential: await showPasskey(options) });
      location.replace(next);
    } catch (problem) {
      say(problem.message, 'bad');
    } finally {
      passkey.disabled = false;
    }
  });

  // A signed-in user is redirected. Being offline is no reason to hide the form.
  session({ optional: true })
    .then((who) => who?.portal === portal && location.replace(next))
    .catch(() => null);
}
