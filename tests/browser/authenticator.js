// What a person has in addition to a password: an authenticator app, written from RFC 4226 and RFC 6238, and
// a passkey in the browser's own virtual authenticator.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** Returns the six digits that an app with this base32 secret shows at a time in milliseconds. */
export function appShows(secret, at = Date.now()) {
  const bits = [...secret.replaceAll(/\s/g, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.at(-1) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// RFC 6238, appendix B: the last six of the eight digits.
assert.equal(appShows('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 59_000), '287082');
assert.equal(appShows('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 1_234_567_890_000), '005924');

/** Returns a code not shown before: the one of the next step, which the server accepts for a fast clock. */
export const appShowsNext = (secret) => appShows(secret, Date.now() + STEP_MS);

/** Adds a device to this browser that creates passkeys and verifies its owner. */
export async function withDevice({ context, page }) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    /** Sets whether the device verifies its owner; with `false` it refuses the person. */
    ownerIs: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    forget: (credentialId) => cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId }),
  };
}
