// Steps of a school's staff on the pages, one after the other, by clicking.

import assert from 'node:assert/strict';

const PASSWORD = 'Sunny-Meadow-42';
// A visitor who is not signed in requests the session and gets 401; the browser logs that as an error.
const NOT_SIGNED_IN = /status of 401 .*\/v1\/session\)/;

/** Invites a person from the list of the school's staff; `classes` makes the person a teacher. */
export async function invite(visitor, email, classes = null) {
  await visitor.press('invite');
  await visitor.part('invite-email').fill(email);
  if (classes) await visitor.part('classes').fill(classes);
  else await visitor.part('role').selectOption('administrator');
  await visitor.checkScreen();
  await visitor.part('invite-form').getByRole('button', { name: 'Send the invitation' }).click();
  await visitor.see('invitation', email);
  await visitor.checkScreen();
}

/** Goes from the mail to the portal: a new person chooses a password and signs in with it. */
export async function accept(visitor, runner, email) {
  const { page } = visitor;
  visitor.expectError(NOT_SIGNED_IN);
  const link = await runner.mailedLink(email, '/school/invitation');
  await page.goto(link);
  await visitor.see('accept-invitation');
  assert.ok(!page.url().includes('token'), 'the token is out of the address bar');
  await visitor.checkScreen();
  visitor.expectError(/status of 422 .*\/v1\/invitations\/acceptance\)/);
  await visitor.part('accept-invitation').getByRole('button').click();
  const form = await visitor.see('accept-with-password');
  await visitor.checkScreen();
  await form.getByLabel('New password').fill(PASSWORD);
  await form.getByRole('button').click();
  const accepted = await visitor.see('accepted');
  await visitor.checkScreen();

  await accepted.getByRole('link').click();
  const door = await visitor.see('sign-in-form');
  await visitor.checkScreen();
  await door.getByLabel('E-mail address').fill(email);
  await door.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await door.getByRole('button').click();
  await visitor.see('schools');
  await visitor.checkScreen();
  return link;
}

/** Checks that an invitation link works only once. */
export async function findInvitationOver(visitor, link) {
  // A parent's session does not count at the school's portal.
  visitor.expectError(NOT_SIGNED_IN);
  visitor.expectError(/status of 409 .*\/v1\/invitations\/acceptance\)/);
  await visitor.page.goto(link);
  await visitor.part('accept-invitation').getByRole('button').click();
  await visitor.see('invitation-over');
  await visitor.checkScreen();
}

/** An administrator sets that the school approves each family. */
export async function askToBeAsked(visitor) {
  await visitor.press('school');
  await visitor.see('students');
  await visitor.checkScreen();
  await visitor.press('nav-requests');
  await visitor.see('no-requests');
  await visitor.checkScreen();
  await visitor.press('nav-staff');
  await visitor.see('member');
  await visitor.part('parent-access').selectOption('approval');
  await visitor.page.getByText('Requests that were made before go on').waitFor();
  await visitor.checkScreen();
}

/** An administrator opens the school to students of 18 and over. */
export async function openToStudents(visitor) {
  await visitor.press('nav-staff');
  await visitor.see('member');
  assert.equal(await visitor.part('adult-students').isChecked(), false, 'off until a school opens it');
  await visitor.part('adult-students').check();
  await visitor.page.getByText('Students of 18 and over may ask now.').waitFor();
  await visitor.checkScreen();
}

/** A teacher sees only their own classes; creates a student's code and returns it. */
export async function makeCode(visitor, given, expected) {
  await visitor.press('school');
  const table = await visitor.see('students');
  assert.equal(await table.locator('tbody tr').count(), expected, 'the students of the class only');
  await visitor.checkScreen();
  assert.equal(await visitor.part('nav-staff').count(), 0, 'a teacher decides nothing about the staff');
  await table.locator('tbody tr', { hasText: given }).getByTestId('code-for').click();
  await visitor.see('create-code');
  await visitor.checkScreen();
  await visitor.press('create-code');
  const code = await (await visitor.see('code')).textContent();
  await visitor.checkScreen();
  await visitor.page.keyboard.press('Escape');
  return code;
}

/** Approves the one waiting family. */
export async function approve(visitor, email, given, isStudent = false) {
  await visitor.press('nav-requests');
  const request = await visitor.see('request', email);
  assert.match(await request.textContent(), new RegExp(given));
  assert.equal(await request.getByTestId('as-student').count(), isStudent ? 1 : 0);
  await visitor.checkScreen();
  await visitor.press('approve');
  await visitor.see('no-requests');
  await visitor.checkScreen();
}

/** Ends the access of an admitted family. */
export async function endAccess(visitor, email) {
  await visitor.press('nav-requests');
  await visitor.press('show-access');
  const family = await visitor.see('family-in', email);
  await visitor.checkScreen();
  await family.getByTestId('end-access').click();
  await visitor.see('end-sure');
  await visitor.checkScreen();
  await visitor.press('end-sure');
  await visitor.page.getByText('The access has ended.').waitFor();
  await visitor.see('families-ended');
  assert.equal(await visitor.part('family-in').filter({ hasText: email }).count(), 0);
  await visitor.checkScreen();
}

/** Removes a person from the staff list. */
export async function takeOff(visitor, email) {
  await visitor.press('nav-staff');
  const member = await visitor.see('member', email);
  await member.getByTestId('remove-member').click();
  await visitor.press('remove-sure');
  await visitor.page.getByText('Removed.').waitFor();
  assert.equal(await visitor.part('member').filter({ hasText: email }).count(), 0);
  await visitor.checkScreen();
}

/** Checks that a removed person sees no school. */
export async function findNoSchool(visitor) {
  await visitor.page.goto('/school');
  await visitor.see('no-school');
  await visitor.checkScreen();
}
