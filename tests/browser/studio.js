// Creates a studio for a test of something else, and signs its owner in.

const PASSWORD = 'Sunny-Meadow-42';

/** Signs up a studio and its owner; ends on the owner's security page. */
export async function open(visitor, runner, email) {
  const { page } = visitor;
  await page.goto('/photographer/sign-up');
  const form = await visitor.see('sign-up-form');
  await form.getByLabel('E-mail address').fill(email);
  await form.getByRole('button').click();
  await visitor.see('check-mail');
  await page.goto(await runner.mailedLink(email, '/photographer/verify'));
  const verify = await visitor.see('verify-form');
  await verify.getByLabel('Studio name').fill('Meadow Lane Photography');
  await verify.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await visitor.press('verify');
  await page.waitForURL('**/photographer');
  await page.goto('/photographer/security');
}

export async function fillIn(visitor, email) {
  const form = await visitor.see('sign-in-form');
  await form.getByLabel('E-mail address').fill(email);
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await form.getByRole('button').click();
}
