// Steps of a photographer on the pages, one after the other, by clicking.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ROSTER, STUDENTS, WITHOUT_CARD } from './school.js';

export const COOKIE = '__Host-pd_photographer';
const PASSWORD = 'Sunny-Meadow-42';
// A visitor who is not signed in requests the session and gets 401; the browser logs that as an error.
const NOT_SIGNED_IN = /status of 401 .*\/v1\/session\)/;
// The PUT at which the connection is lost: some files are stored by then, most are not.
const LOST_PUT = 5;

export async function signUp(photographer, runner, email) {
  const { page } = photographer;
  await page.goto('/');
  await photographer.see('door-parent');
  await photographer.press('language');
  await page.locator('html[lang=es]').waitFor();
  await photographer.checkScreen();
  await photographer.press('language');
  await page.locator('html[lang=en]').waitFor();
  await photographer.checkScreen();

  photographer.expectError(NOT_SIGNED_IN);
  await photographer.press('door-photographer');
  await photographer.see('sign-in-form');
  await photographer.checkScreen();
  await page.getByRole('main').getByRole('link', { name: 'Create studio' }).click();
  const form = await photographer.see('sign-up-form');
  await form.getByLabel('E-mail address').fill(email);
  await photographer.checkScreen();
  await form.getByRole('button').click();
  await photographer.see('check-mail');
  await photographer.checkScreen();

  await page.goto(await runner.mailedLink(email, '/photographer/verify'));
  const verify = await photographer.see('verify-form');
  await photographer.checkScreen();
  await verify.getByLabel('Studio name').fill('Meadow Lane Photography');
  // The password is refused, and the link still works.
  await verify.getByLabel('Password', { exact: true }).fill('Password1234!');
  photographer.expectError(/status of 422 .*\/v1\/email-verifications\)/);
  await photographer.press('verify');
  await photographer.see('form-problem');
  await photographer.checkScreen();
  await verify.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await photographer.press('verify');
  await photographer.see('add-school');
}

/** Signs out and in again with the password; checks how the browser treats the session cookie on http://localhost. */
export async function signIn(photographer, email) {
  const { page, context } = photographer;
  await photographer.press('account');
  await photographer.press('sign-out');
  const form = await photographer.see('sign-in-form');
  await form.getByLabel('E-mail address').fill(email);
  await form.getByLabel('Password', { exact: true }).fill('Not-The-Password-42');
  photographer.expectError(/status of 401 .*\/v1\/sign-in\/password\)/);
  await form.getByRole('button').click();
  await photographer.see('form-problem');
  await photographer.checkScreen();
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD);
  const asked = page.waitForRequest((request) => isSession(request) && request.frame().url().endsWith('/photographer'));
  await form.getByRole('button').click();
  const headers = await (await asked).allHeaders();

  assert.match(page.url(), /^http:\/\/localhost:/);
  const cookie = (await context.cookies()).find(({ name }) => name === COOKIE);
  assert.ok(cookie?.secure, 'the browser keeps a Secure cookie of http://localhost');
  assert.ok(cookie.httpOnly);
  assert.equal(cookie.path, '/');
  assert.ok(['Lax', 'Strict'].includes(cookie.sameSite), cookie.sameSite);
  assert.ok(headers.cookie?.includes(`${COOKIE}=${cookie.value}`), 'the browser sends it back to http://localhost');
  assert.ok(!(await page.evaluate(() => document.cookie)).includes(COOKIE), 'no script of the page can read it');
}

const isSession = (request) => new URL(request.url()).pathname === '/v1/session';

export async function addSchool(photographer) {
  await photographer.see('add-school');
  await photographer.checkScreen();
  await photographer.press('add-school');
  await photographer.part('district-name').fill('Cedar Valley Unified School District');
  await photographer.part('school-name').fill('Oak Street Elementary');
  await photographer.checkScreen();
  await photographer.press('create-school');
  await photographer.see('no-students');
  await photographer.checkScreen();
}

export async function importRoster(photographer) {
  const { page } = photographer;
  await photographer.press('import-roster');
  await photographer.part('roster-file').waitFor({ state: 'attached' });
  await photographer.checkScreen();
  await photographer.part('roster-file').setInputFiles(ROSTER);
  await photographer.see('count-added', String(STUDENTS.length));
  await photographer.see('count-refused', '1');
  await photographer.see('refused-columns', 'Date of Birth');
  await photographer.part('rows-refused').getByRole('cell', { name: 'Nobody' }).waitFor();
  await photographer.see('mapping');
  await photographer.checkScreen();
  await photographer.press('apply');
  await photographer.see('undo');
  await photographer.checkScreen();

  await photographer.press('to-school');
  const students = await photographer.see('students');
  assert.equal(await students.locator('tbody tr').count(), STUDENTS.length);
  await photographer.part('student-search').fill('lukasz');
  await photographer.see('students-found', '1');
  await students.locator('tbody tr:visible', { hasText: 'Łukasz' }).waitFor();
  assert.equal(await students.locator('tbody tr:visible').count(), 1, 'lukasz finds Łukasz only');
  await page.getByTestId('student-search').fill('');
  await photographer.checkScreen();
}

/** Goes from the school's page through the import and back to it; for rosters with nothing to decide. */
export async function bringRoster(photographer, roster, count) {
  await photographer.press('import-roster');
  await photographer.part('roster-file').waitFor({ state: 'attached' });
  await photographer.part('roster-file').setInputFiles(roster);
  await photographer.see('count-added', String(count));
  await photographer.press('apply');
  await photographer.see('undo');
  await photographer.press('to-school');
  await photographer.see('students');
}

/** Returns the day's id. */
export async function planDay(photographer) {
  const { page } = photographer;
  await photographer.press('plan-day');
  await photographer.part('day-date').fill('2026-09-14');
  await photographer.part('day-kind').selectOption('fall');
  await photographer.checkScreen();
  await photographer.press('create-day');
  await photographer.see('cards-letter');
  await photographer.checkScreen();
  return new URL(page.url()).searchParams.get('id');
}

/** Saves the cards on both paper sizes; returns the texts of their codes by the student's given name. */
export async function takeCards(photographer, day) {
  const { page } = photographer;
  for (const paper of ['letter', 'a4']) {
    const [download] = await Promise.all([page.waitForEvent('download'), photographer.press(`cards-${paper}`)]);
    const pdf = await readFile(await download.path());
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-', `the cards on ${paper} are a PDF`);
  }
  // A camera reads the codes from the printed page; a test requests the same codes as data.
  const cards = await page.evaluate(async (id) => {
    const answer = await fetch(`/v1/picture-days/${id}/camera-cards?limit=200`, { headers: { accept: 'application/json', 'x-portal': 'photographer' } });
    return answer.json();
  }, day);
  return new Map(cards.items.filter((card) => card.student).map(({ code, student }) => [student.given_name, `PD-${code}`]));
}

/** Uploads each camera's files; the connection is lost meanwhile and comes back. */
export async function upload(photographer, lanes) {
  const { page, context } = photographer;
  await photographer.press('step-upload');
  await photographer.see('camera-label');
  await photographer.checkScreen();
  photographer.expectError(/ERR_INTERNET_DISCONNECTED/);
  const lost = await loseConnection(photographer);
  for (const [at, { files }] of lanes.entries()) {
    if (at > 0) await photographer.press('add-camera');
    await photographer.part('photo-files').nth(at).setInputFiles(files);
  }
  await lost.whenGone;
  await photographer.see('upload-words', 'No connection');
  const all = lanes.reduce((sum, { files }) => sum + files.length, 0);
  await photographer.checkScreen();
  await context.setOffline(false);

  await photographer.see('upload-words', `All ${all} photos have arrived`);
  const bar = await photographer.part('upload-overall').evaluate(({ value, max }) => value / max);
  assert.equal(bar, 1);
  assert.equal(lost.stored.size, all);
  assert.deepEqual(lost.putAgain, [], 'no file that had arrived was sent again');
  await photographer.see('intake-words', 'All photos are checked. One has no student yet.');
  await page.unrouteAll();
  await photographer.checkScreen();
}

/** Cuts the connection during the uploads to storage, and counts what is stored. */
async function loseConnection({ page, context }) {
  const stored = new Set();
  const putAgain = [];
  let puts = 0;
  let gone;
  const whenGone = new Promise((done) => { gone = done; });
  page.on('response', (response) => {
    // 412: the file had arrived, and the answer was lost with the connection.
    if (response.request().method() === 'PUT' && [200, 412].includes(response.status())) stored.add(new URL(response.url()).pathname);
  });
  await page.route((url) => url.pathname.includes('/intake/'), async (route) => {
    if (route.request().method() !== 'PUT') return route.continue();
    const { pathname } = new URL(route.request().url());
    if (stored.has(pathname)) putAgain.push(pathname);
    puts += 1;
    if (puts !== LOST_PUT) return route.continue();
    await context.setOffline(true);
    await route.abort('internetdisconnected');
    return gone();
  });
  return { whenGone, stored, putAgain };
}

/** Checks every photo's student, and assigns the one without a card by hand. */
export async function match(photographer, lanes) {
  const { page } = photographer;
  await photographer.press('to-match');
  await photographer.see('match-figures');
  await photographer.part('match-missing').locator('summary').click();
  await photographer.part('match-missing').getByText(WITHOUT_CARD[1]).waitFor();
  const tray = photographer.part('unmatched').getByRole('button');
  assert.equal(await tray.count(), 1);
  await tray.click();
  await page.getByTestId('unmatched').locator('[aria-pressed=true]').waitFor();
  await photographer.part('tray-student').fill(WITHOUT_CARD[1]);
  await photographer.checkScreen();
  await photographer.press('assign');
  await photographer.part('unmatched').waitFor({ state: 'detached' });

  const [answer] = await Promise.all([
    page.waitForResponse((response) => /\/v1\/picture-days\/[^/]+\/photos$/.test(new URL(response.url()).pathname)),
    photographer.part('all-photos').locator('summary').click(),
  ]);
  await photographer.part('strip').nth(lanes.length - 1).getByRole('button').first().waitFor();
  await photographer.checkScreen();
  await photographer.part('strip').first().getByRole('button').nth(1).click();
  await photographer.see('unassign');
  await photographer.checkScreen();
  await photographer.part('photo-dialog').getByRole('button', { name: 'Close' }).click();
  return (await answer.json()).items;
}

/** Builds all galleries; returns their URLs and photos by the student's name as the list shows it. */
export async function buildGalleries(photographer) {
  const { page } = photographer;
  await photographer.press('step-galleries');
  await photographer.see('no-galleries');
  await photographer.checkScreen();
  await photographer.press('build');
  const published = page.locator('.gallery-row[data-state=published]');
  await published.nth(STUDENTS.length - 1).waitFor();
  assert.equal(await page.locator('.gallery-row').count(), STUDENTS.length);
  await page.getByTestId('day-figures').getByText(String(STUDENTS.length)).first().waitFor();
  await photographer.checkScreen();
  const links = await published.getByRole('link').evaluateAll((all) => all.map((link) => [link.textContent, new URL(link.href).searchParams.get('id')]));
  return new Map(links);
}

/** Creates a student's share code, which is shown once, and returns it. */
export async function shareCode(photographer, student) {
  const { page } = photographer;
  await page.locator('.gallery-row', { hasText: student }).getByTestId('share-code').click();
  await photographer.press('create-code');
  const code = await (await photographer.see('code')).textContent();
  await photographer.checkScreen();
  await photographer.part('code-dialog').getByRole('button', { name: 'Close' }).click();
  return code;
}

/** Opens a gallery; returns its photos' ids. */
export async function lookAtGallery(photographer, student) {
  const { page } = photographer;
  await page.locator('.gallery-row', { hasText: student }).getByRole('link').click();
  const photos = (await photographer.see('gallery-photos')).getByRole('button');
  await photos.first().waitFor();
  await photographer.checkScreen();
  const ids = await photos.evaluateAll((all) => all.map((button) => button.dataset.testid.replace('photo-', '')));
  await photos.first().click();
  await photographer.see('lightbox-picture');
  await photographer.checkScreen();
  await page.keyboard.press('Escape');
  await photographer.part('lightbox').waitFor({ state: 'detached' });
  return ids;
}

export async function signOut(photographer) {
  const { page, context } = photographer;
  await photographer.press('account');
  await photographer.see('sign-out');
  await photographer.checkScreen();
  await photographer.press('sign-out');
  await photographer.see('sign-in-form');
  assert.ok(!(await context.cookies()).some(({ name }) => name === COOKIE), 'signing out deletes the cookie');
  await page.goBack();
  await photographer.see('sign-in-form');
}

/** Drops a file on a camera's lane like a browser whose system knows no type for its ending. */
export async function dropWithoutType(photographer, lane, path) {
  const bytes = (await readFile(path)).toString('base64');
  const transfer = await photographer.page.evaluateHandle(([text, name]) => {
    const files = new DataTransfer();
    files.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name));
    return files;
  }, [bytes, basename(path)]);
  await photographer.page.locator('.drop').nth(lane).dispatchEvent('drop', { dataTransfer: transfer });
}

/** Calls the API in the page's session, for what no page offers; returns the body. */
export async function ask({ page }, method, path, json) {
  return page.evaluate(async (request) => {
    const headers = { accept: 'application/json', 'x-portal': 'photographer' };
    const session = await (await fetch('/v1/session', { headers })).json();
    Object.assign(headers, { 'content-type': 'application/json', 'x-csrf-token': session.csrf_token, 'idempotency-key': crypto.randomUUID() });
    const answer = await fetch(request.path, { method: request.method, headers, body: JSON.stringify(request.json) });
    if (!answer.ok) throw new Error(`${request.path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }, { method, path, json });
}
