// Takes the README's pictures from the demonstration: `UPDATE_PICTURES=1 node --test pictures.test.js`.

import assert from 'node:assert/strict';
import { mkdir, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, skip } from './chromium.js';
import * as asParent from './parent.js';
import { Runner } from './runner.js';
import { DESKTOP, PHONE, Visitor } from './visitor.js';

const PICTURES = fileURLToPath(new URL('./pictures/', import.meta.url));
// A small phone: the photos have grain, and the picture's file should stay small.
const SMALL_PHONE = { ...PHONE, viewport: { width: 320, height: 660 }, colorScheme: 'light' };
// Every reader of the README downloads them.
const MOST_BYTES = 250_000;
const unasked = process.env.UPDATE_PICTURES ? false : 'UPDATE_PICTURES is not set';

test("the README's pictures", { skip: skip || unasked }, async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const runner = await Runner.start({ withDemonstration: true });
  t.after(() => runner.stop());
  const accounts = await runner.accounts();
  await mkdir(PICTURES, { recursive: true });

  const photographer = await Visitor.arrive(browser, DESKTOP, runner.url);
  photographer.expectError(/status of 401 .*\/v1\/session\)/);
  await photographer.page.goto(`/photographer/picture-day?id=${accounts.picture_day}#galleries`);
  const form = await photographer.see('sign-in-form');
  await form.getByLabel('E-mail address').fill(accounts.photographer);
  await form.getByLabel('Password', { exact: true }).fill(accounts.password);
  await form.getByRole('button').click();
  await photographer.page.locator('.gallery-row[data-state=published]').first().waitFor();
  await photographer.checkScreen();
  await take(photographer, 'photographer');

  const parent = await Visitor.arrive(browser, SMALL_PHONE, runner.url);
  await asParent.openGallery(parent, runner, { code: accounts.share_code, email: 'family@picture-day.example' });
  const photos = await parent.see('parent-photo-1');
  await parent.page.waitForFunction((image) => image.complete && image.naturalWidth > 0, await photos.locator('img').elementHandle());
  await parent.checkScreen();
  await take(parent, 'parent');
});

async function take({ page }, name) {
  const path = `${PICTURES}${name}.png`;
  await page.screenshot({ path });
  const { size } = await stat(path);
  assert.ok(size <= MOST_BYTES, `${name}.png has ${size} bytes`);
}
