// The owner of a studio reviews by clicking who can see what, signs the review, and trusts a program.

import { after, before, describe, test } from 'node:test';
import { withDevice } from './authenticator.js';
import { launch, skip } from './chromium.js';
import * as asPhotographer from './photographer.js';
import { Runner } from './runner.js';
import { open } from './studio.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const AT_MOST_MS = 300_000;
// Assembled here, because the pages name no other site.
const ISSUER = 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0';

describe('who can see what by clicking', { skip }, () => {
  let runner;
  let browser;

  before(async () => {
    browser = await launch();
    runner = await Runner.start();
  });
  after(async () => {
    await browser?.close();
    await runner?.stop();
  });

  for (const device of [DESKTOP, PHONE]) {
    test(`looked through and signed on a ${device.name}`, { timeout: AT_MOST_MS }, async () => {
      const visitor = await Visitor.arrive(browser, device, runner.url);
      const { page } = visitor;
      visitor.expectError(/status of 401 .*\/v1\/session\)/);
      await withDevice(visitor);
      await open(visitor, runner, `review-${device.name}@picture-day.example`);
      await visitor.press('add-passkey');
      await visitor.part('passkey-name').fill('Laptop');
      await visitor.press('make-passkey');
      await visitor.press('codes-kept');
      await visitor.see('passkey', 'Laptop');

      // No other person has access yet: the page says so, and the owner can sign.
      await page.goto('/photographer/access-review');
      await visitor.see('alone');
      await visitor.see('review-due');
      await visitor.checkScreen();

      await page.goto('/photographer/programs');
      await visitor.press('add-trusted');
      await visitor.part('trusted-name').fill('Nightly uploader');
      await visitor.part('trusted-issuer').fill('no issuer');
      await visitor.part('trusted-audience').fill('api://picture-day');
      await visitor.part('trusted-subject').fill(`uploader-${device.name}`);
      visitor.expectError(/status of 422 .*trusted-issuers\)/);
      await visitor.press('save-trusted');
      await visitor.see('form-problem');
      await visitor.checkScreen();
      await visitor.part('trusted-issuer').fill(ISSUER);
      await visitor.press('save-trusted');
      await visitor.see('trusted', 'Nightly uploader');
      await visitor.checkScreen();

      await page.goto('/photographer/schools');
      await asPhotographer.addSchool(visitor);
      await page.goto('/photographer/studio-staff');
      await visitor.press('invite-colleague');
      await visitor.part('colleague-email').fill(`stan-${device.name}@picture-day.example`);
      await page.getByTestId('invite-dialog').getByRole('button', { name: 'Send the invitation' }).click();
      await visitor.see('invitation');

      await page.goto('/photographer/access-review');
      await visitor.see('grant-owner');
      await visitor.see('grant-trusted_issuer', 'Nightly uploader');
      await visitor.see('grant-invitation', `stan-${device.name}@picture-day.example`);
      await visitor.see('review-school', 'No family sees photos yet');
      await visitor.checkScreen();
      await take(page, device, 'due');
      await visitor.press('sign-off');
      await visitor.see('review-done');
      await visitor.checkScreen();
      await take(page, device, 'signed');

      // The program is refused from now on, and the report shows it.
      await page.goto('/photographer/programs');
      await visitor.press('revoke-trusted');
      await visitor.press('distrust-sure');
      await visitor.see('no-trusted');
      await page.goto('/photographer/access-review');
      await visitor.see('grant-owner');
      await page.getByTestId('grant-trusted_issuer').waitFor({ state: 'detached' });
      await visitor.leave();
    });
  }
});

/** Saves a picture of the page, if the folder PICTURES is set. */
async function take(page, device, name) {
  const folder = process.env.PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/review-${name}-${device.name}.png`, fullPage: true });
}
