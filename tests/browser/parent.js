// Steps of a parent with the school's letter.

import assert from 'node:assert/strict';

/** Goes from the code to the gallery; returns the mailed link, which works once. */
export async function openGallery(parent, runner, { code, email, isStudent = false }) {
  const { page } = parent;
  await page.goto('/');
  await parent.press('door-parent');
  await parent.see('code-form');
  await parent.checkScreen();
  await page.getByLabel('Enter your code').fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Continue' }).click();
  const form = await parent.see('email-form');
  await form.getByLabel('E-mail address').fill(email);
  if (isStudent) await form.getByLabel('I am the student').check();
  await parent.checkScreen();
  await form.getByRole('button', { name: 'Send me the link' }).click();
  await parent.see('link-sent');
  await parent.checkScreen();

  const link = await runner.mailedLink(email, '/parent/open');
  await page.goto(link);
  await parent.see('open-link');
  await parent.checkScreen();
  await parent.press('open-link');
  await parent.see('accept');
  await parent.checkScreen();
  await parent.press('accept');
  return link;
}

/** Looks at every photo; returns their ids. */
export async function lookAtPhotos(parent, gallery) {
  const { page } = parent;
  await page.waitForURL((url) => url.pathname === '/parent/gallery' && url.searchParams.get('id') === gallery);
  const photos = (await parent.see('parent-photos')).getByRole('button');
  await parent.seePictures(photos.locator('img'));
  await parent.checkScreen();
  await parent.press('parent-photo-1');
  await parent.seePictures(await parent.see('lightbox-picture'));
  await parent.checkScreen();
  await page.keyboard.press('Escape');
  await parent.part('lightbox').waitFor({ state: 'detached' });

  // The page shows what this answer holds: every photo, each once.
  const answer = await page.evaluate(async (id) => (await fetch(`/v1/galleries/${id}`, { headers: { 'x-portal': 'parent' } })).json(), gallery);
  assert.equal(answer.photos.length, await photos.count());
  assert.ok(answer.photos.every((photo) => !photo.web_url), 'a family gets proofs, not print files');
  return answer.photos.map(({ id }) => id);
}

/** Finds an ended access in the list, and removes it from the list. */
export async function findAccessEnded(parent) {
  const { page } = parent;
  await page.goto('/parent/galleries');
  await parent.see('access-ended', 'This access ended on');
  await parent.checkScreen();
  await parent.press('to-access');
  await parent.press('remove-ended');
  await parent.press('give-up-sure');
  await parent.see('no-access');
  await parent.checkScreen();
}

/** Gives up the only access. */
export async function giveUp(parent) {
  await parent.page.goto('/parent/access');
  await parent.see('own');
  await parent.checkScreen();
  await parent.press('give-up');
  await parent.see('give-up-sure');
  await parent.checkScreen();
  await parent.press('give-up-sure');
  await parent.see('no-access');
  await parent.checkScreen();
}

/** Checks that another child's gallery and a used link open nothing. */
export async function findNothingElse(parent, { otherGallery, usedLink }) {
  const { page } = parent;
  parent.expectError(/status of 404 .*\/v1\/galleries\//);
  await page.goto(`/parent/gallery?id=${otherGallery}`);
  await parent.see('failed', 'Nothing here');
  assert.equal(await page.getByRole('main').locator('img').count(), 0);
  await parent.checkScreen();

  parent.expectError(/status of 4\d\d .*\/v1\/sign-in\/link\)/);
  await page.goto(usedLink);
  await parent.press('open-link');
  await parent.see('link-over');
  await parent.checkScreen();
}
