// Passkeys: the browser's own dialog, and the words for when nothing comes of it.

import { ApiProblem } from '/assets/shared/api.js';
import { t } from '/assets/shared/words.js';

/** Whether this browser can make and show passkeys. */
export const knowsPasskeys = typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Makes a passkey; answers what the API takes. */
export const makePasskey = (options) =>
  asked(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }));

/** Shows a passkey; answers what the API takes. */
export const showPasskey = (options) =>
  asked(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));

async function asked(ask) {
  try {
    const credential = await ask();
    return credential.toJSON();
  } catch (error) {
    // The browser does not tell “cancelled” from “there is none”, so that no page can find out what one has.
    const isThere = error.name === 'InvalidStateError';
    throw new ApiProblem({ status: 400, code: 'passkey', detail: t(isThere ? 'problem.passkey_exists' : 'problem.passkey_none') });
  }
}
