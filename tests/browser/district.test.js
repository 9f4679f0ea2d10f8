// The owner of a studio sets up a district's sign-in by clicking: the identity provider, and the directory's
// token.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withDevice } from './authenticator.js';
import { launch, skip } from './chromium.js';
import * as asPhotographer from './photographer.js';
import { Provider, TENANT } from './provider.js';
import { Runner } from './runner.js';
import { open } from './studio.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const AT_MOST_MS = 300_000;

describe('a district\u2019s sign-in by clicking', { skip }, () => {
  let runner;
  let browser;
  let provider;

  before(async () => {
    browser = await launch();
    provider = await Provider.start();
    runner = await Runner.start({ more: ['--identity-providers', provider.url] });
  });
  after(async () => {
    await browser?.close();
    await runner?.stop();
    await provider?.stop();
  });

  for (const device of [DESKTOP, PHONE]) {
    test(`set up, changed and removed on a ${device.name}`, { timeout: AT_MOST_MS }, async () => {
      const visitor = await Visitor.arrive(browser, device, runner.url);
      const { page } = visitor;
      visitor.expectError(/status of 401 .*\/v1\/session\)/);
      await withDevice(visitor);
      await open(visitor, runner, `district-${device.name}@picture-day.example`);
      await visitor.press('add-passkey');
      await visitor.part('passkey-name').fill('Laptop');
      await visitor.press('make-passkey');
      await visitor.press('codes-kept');
      await visitor.see('passkey', 'Laptop');

      await page.goto('/photographer/schools');
      await asPhotographer.addSchool(visitor);
      await page.goto('/photographer/schools');
      await visitor.press('to-district');
      await visitor.see('set-provider');
      await visitor.checkScreen();

      await visitor.press('set-provider');
      const back = await visitor.see('redirect-address');
      assert.match(await back.inputValue(), /\/school\/back$/);
      await visitor.checkScreen();
      // An invalid setting: the page reports it, and nothing is lost.
      await fill(visitor, { tenant: 'no directory', client_id: 'picture-day', client_secret: 'of-the-service', domains: 'oak.example, staff.oak.example' });
      visitor.expectError(/status of 422 .*identity-provider\)/);
      await visitor.press('save-provider');
      await visitor.see('form-problem');
      await visitor.checkScreen();
      // The domains are not proven until their DNS has the record.
      await fill(visitor, { tenant: TENANT });
      await visitor.press('save-provider');
      await visitor.see('form-problem', 'TXT');
      const value = await visitor.part('record-value').inputValue();
      const name = await visitor.part('record-name').inputValue();
      for (const domain of ['oak.example', 'staff.oak.example']) provider.records.set(`${name}.${domain}`, [value]);
      await visitor.press('save-provider');
      await visitor.see('provider', 'oak.example, staff.oak.example');
      assert.match(await visitor.part('sign-in-address').inputValue(), /\/v1\/sign-in\/oidc\/dis_/);
      await visitor.checkScreen();

      await signIn(browser, device, { runner, provider, address: await visitor.part('sign-in-address').inputValue() });

      await visitor.press('new-token');
      const token = await (await visitor.see('token')).inputValue();
      assert.ok(token.length > 30, 'the whole token can be copied');
      await visitor.checkScreen();
      await page.reload();
      await visitor.see('tokens');
      assert.ok(!(await page.content()).includes(token), 'the token is shown only once');
      await visitor.checkScreen();
      await visitor.press('revoke-token');
      await visitor.press('sure');
      await page.getByTestId('tokens').waitFor({ state: 'detached' });

      await visitor.press('remove-provider');
      await visitor.checkScreen();
      await visitor.press('sure');
      await page.getByTestId('provider').waitFor({ state: 'detached' });
      await visitor.checkScreen();
      await visitor.leave();
    });
  }
});

/** A person of the district signs in at its provider: without a flow, refused there, and admitted. */
async function signIn(browser, device, { runner, provider, address }) {
  const ann = await Visitor.arrive(browser, device, runner.url);
  const { page } = ann;
  ann.expectError(/status of 401 .*\/v1\/session\)/);
  await page.goto('/school/back');
  await ann.see('back-failed', 'right after');
  await ann.checkScreen();

  provider.letsIn = false;
  await page.goto(address);
  await ann.press('enter');
  await ann.see('back-failed', 'did not let you in');
  assert.equal(new URL(page.url()).search, '', 'no parameter stays in the URL');
  await ann.checkScreen();

  provider.letsIn = true;
  await ann.press('back-again');
  await ann.press('enter');
  await page.waitForURL('**/school');
  await ann.see('no-school');
  await ann.checkScreen();
  const cookies = await ann.context.cookies(runner.url);
  assert.ok(!cookies.some(({ name }) => name === '__Host-pd_oidc'), 'the sign-in flow has ended');
  await ann.leave();
}

async function fill(visitor, values) {
  for (const [name, value] of Object.entries(values)) await visitor.part(`provider-${name}`).fill(value);
}
