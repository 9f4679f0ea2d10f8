// A site administrator's sign-in in a real browser, by clicking: a passkey is created, signs in alone, and is
// removed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDevice } from './authenticator.js';
import { skip } from './chromium.js';
import * as asOperator from './operator.js';
import { stage } from './stage.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const AT_MOST_MS = 300_000;

describe('a site administrator by clicking', { skip }, () => {
  const there = stage({ withDemonstration: true });

  for (const device of [DESKTOP, PHONE]) {
    test(`a passkey on a ${device.name}: made, used as the only door, taken away`, { timeout: AT_MOST_MS }, async () => {
      const { browser, runner } = there;
      const { operator } = await runner.accounts();
      const visitor = await Visitor.arrive(browser, device, runner.url);
      const { page } = visitor;
      const phone = await withDevice(visitor);
      await asOperator.signIn(visitor, operator);

      await visitor.press('own-passkeys');
      await visitor.see('passkeys-dialog');
      await visitor.checkScreen();
      await visitor.part('passkey-name').fill(`${device.name} of the office`);
      await visitor.press('make-passkey');
      await visitor.see('passkey', `${device.name} of the office`);
      await visitor.checkScreen();
      const [made] = await phone.credentials();
      assert.ok(made.isResidentCredential, 'the device keeps the account with the key');
      await page.keyboard.press('Escape');

      await asOperator.signOut(visitor);
      await visitor.press('sign-in-passkey');
      await page.waitForURL('**/admin');
      await visitor.see('studios');

      // Another person holds the device: it does not verify them.
      await asOperator.signOut(visitor);
      await phone.ownerIs(false);
      visitor.expectError(/status of 4\d\d/);
      await visitor.press('sign-in-passkey');
      await page.locator('.said-line.bad').waitFor();
      await visitor.checkScreen();
      await phone.ownerIs(true);
      await visitor.press('sign-in-passkey');
      await page.waitForURL('**/admin');

      await visitor.press('own-passkeys');
      await visitor.press('remove-passkey');
      await page.getByTestId('passkey').waitFor({ state: 'detached' });
      await visitor.see('passkeys-dialog');
      await visitor.checkScreen();
      await page.keyboard.press('Escape');
      // The device still has the passkey; the sign-in no longer accepts it.
      await asOperator.signOut(visitor);
      await visitor.press('sign-in-passkey');
      await page.locator('.said-line.bad').waitFor();
      visitor.checkConsole();
      await visitor.leave();
    });
  }
});
