// Second factors in a real browser, by clicking: a passkey of the browser's virtual authenticator, an app,
// recovery codes, and the step-up before an operation that cannot be undone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { appShows, appShowsNext, withDevice } from './authenticator.js';
import { skip } from './chromium.js';
import * as asPhotographer from './photographer.js';
import { stage } from './stage.js';
import { fillIn, open } from './studio.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const AT_MOST_MS = 300_000;
const SIGNED_OUT = /status of 401 .*\/v1\/(session|sign-in\/second-factor)\)/;

describe('second factors by clicking', { skip }, () => {
  const there = stage();

  for (const device of [DESKTOP, PHONE]) {
    test(`a passkey on a ${device.name}: made, used as the only door, used before something final`, { timeout: AT_MOST_MS }, async () => {
      const { browser, runner } = there;
      const visitor = await Visitor.arrive(browser, device, runner.url);
      const { page } = visitor;
      visitor.expectError(SIGNED_OUT);
      const phone = await withDevice(visitor);
      await open(visitor, runner, `passkey-${device.name}@picture-day.example`);
      await visitor.see('factor-passkeys');
      await visitor.checkScreen();

      await visitor.press('add-passkey');
      await visitor.part('passkey-name').fill('Laptop');
      await visitor.checkScreen();
      await visitor.press('make-passkey');
      const codes = await visitor.see('recovery-codes');
      assert.equal(await codes.getByRole('listitem').count(), 10);
      await visitor.checkScreen();
      await visitor.press('codes-kept');
      await visitor.see('passkey', 'Laptop');
      await visitor.checkScreen();
      const [made] = await phone.credentials();
      assert.equal(made.rpId, 'localhost');
      assert.ok(made.isResidentCredential, 'the device keeps the account with the key');

      await signOut(visitor);
      await visitor.press('sign-in-passkey');
      await page.waitForURL('**/photographer');
      const { assurance } = await session(page);
      assert.equal(assurance, 'aal2', 'a device and its owner are two factors');

      // Another person holds the device: it does not verify them.
      await signOut(visitor);
      await phone.ownerIs(false);
      visitor.expectError(/status of 4\d\d/);
      await visitor.press('sign-in-passkey');
      await page.locator('.said-line.bad').waitFor();
      assert.equal((await page.context().cookies()).find(({ name }) => name === asPhotographer.COOKIE), undefined);
      await phone.ownerIs(true);

      // After the password alone, the passkey is required as the second step.
      await fillIn(visitor, `passkey-${device.name}@picture-day.example`);
      await visitor.see('show-passkey');
      await visitor.checkScreen();
      await visitor.press('show-passkey');
      await page.waitForURL('**/photographer');

      await page.goto('/photographer/security');
      await visitor.press('remove-passkey');
      await page.getByTestId('passkey').waitFor({ state: 'detached' });
      await visitor.checkScreen();
      await visitor.leave();
    });

    test(`an app on a ${device.name}: set up, asked for, and asked for again before something final`, { timeout: AT_MOST_MS }, async () => {
      const { browser, runner } = there;
      const visitor = await Visitor.arrive(browser, device, runner.url);
      const { page } = visitor;
      const email = `app-${device.name}@picture-day.example`;
      visitor.expectError(SIGNED_OUT);
      visitor.expectError(/status of 4(03|22)/);
      await open(visitor, runner, email);
      await visitor.press('add-app');
      await visitor.see('app-setup');
      await visitor.checkScreen();
      await page.getByTestId('app-setup').locator('summary').click();
      const secret = await visitor.part('app-secret').textContent();
      await visitor.part('first-code').fill(appShows(secret));
      await visitor.press('confirm-app');
      const codes = await visitor.see('recovery-codes');
      const [paper] = await codes.getByRole('listitem').allTextContents();
      await visitor.press('codes-kept');
      await visitor.see('remove-app');
      await visitor.checkScreen();

      await signOut(visitor);
      await fillIn(visitor, email);
      await visitor.see('second-code');
      await visitor.checkScreen();
      await visitor.part('second-code').fill('000000');
      await visitor.press('show-code');
      await visitor.see('form-problem');
      await visitor.part('second-code').fill(appShowsNext(secret));
      await visitor.press('show-code');
      await page.waitForURL('**/photographer');
      assert.equal((await session(page)).assurance, 'aal2');

      // A second factor is too old after ten minutes. The runner's clock cannot be moved from here: one
      // answer is replaced; all later ones are the API's own.
      await page.goto('/photographer/security');
      await visitor.see('remove-app');
      const tooOld = { status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'second_factor_needed', detail: 'Show it again.' }) };
      await page.route('**/v1/person/second-factors/totp', (route) => route.fulfill(tooOld), { times: 1 });
      await visitor.press('remove-app');
      await visitor.see('step-up');
      await visitor.checkScreen();
      await visitor.press('with-recovery_code');
      await visitor.part('second-code').fill(paper);
      await visitor.press('show-code');
      await visitor.see('add-app');
      await visitor.checkScreen();
      await visitor.leave();
    });
  }
});

async function signOut(visitor) {
  await visitor.press('account');
  await visitor.press('sign-out');
  await visitor.see('sign-in-form');
}

const session = (page) => page.evaluate(async () => (await fetch('/v1/session', { headers: { 'x-portal': 'photographer' } })).json());
