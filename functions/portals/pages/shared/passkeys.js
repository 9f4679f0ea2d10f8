// Passkeys: the browser's own dialog, and the texts for failures.

import { ApiProblem } from '/assets/shared/api.js';
import { t } from '/assets/shared/words.js';

/** Does this browser support passkeys? */
export const knowsPasskeys = typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Creates a passkey; returns the value for the API. */
export const makePasskey = (options) =>
  asked(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }));

/** Requests a passkey assertion; returns the value for the API. */
export const showPasskey = (options) =>
  asked(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));

async function asked(ask) {
  try {
    const credential = await ask();
    return credential.toJSON();
  } catch (error) {
    // The browser does not distinguish "cancelled" from "no passkey", so that pages cannot detect a user's passkeys.
    const isThere = error.name === 'InvalidStateError';
    throw new ApiProblem({ status: 400, code: 'passkey', detail: t(isThere ? 'problem.passkey_exists' : 'problem.passkey_none') });
  }
}
