// Steps of a site administrator on the pages, by clicking.

import { appShowsNext } from './authenticator.js';

const SIGNED_OUT = /status of 401 .*\/v1\/(admin\/)?session\)/;

let lastCode = null;

/** Returns the code of the next step, once it differs from the last one used: each code works once. */
async function unusedCode(secret) {
  let code = appShowsNext(secret);
  while (code === lastCode) {
    await new Promise((done) => setTimeout(done, 1_000));
    code = appShowsNext(secret);
  }
  lastCode = code;
  return code;
}

/** Signs in with the password and a code, and sees the studios. */
export async function signIn(visitor, { email, password, secret }) {
  visitor.expectError(SIGNED_OUT);
  await visitor.page.goto('/admin/sign-in');
  const form = await visitor.see('sign-in-form');
  await form.getByLabel('E-mail address').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(password);
  await form.locator('#code').fill(await unusedCode(secret));
  await visitor.checkScreen();
  await form.getByRole('button').click();
  await visitor.see('studios');
  await visitor.checkScreen();
}

export async function signOut(visitor) {
  await visitor.press('sign-out');
  await visitor.see('sign-in-form');
}
