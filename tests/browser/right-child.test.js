// A photo must never be in another child's gallery; by clicking, on a desktop and on a phone. The file of one
// camera card never arrives, so a child's photos follow the previous card. The doubtful photos are shown
// first and held back until a person decides, changes are published, and an expired gallery says so. Set
// PICTURES to a folder to keep screenshots.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { skip } from './chromium.js';
import * as asParent from './parent.js';
import * as asPhotographer from './photographer.js';
import { look as lookAt } from './picture.js';
import { FILES_EACH, shoot } from './school.js';
import { stage } from './stage.js';
import { DESKTOP, PHONE, Visitor, stepsOf } from './visitor.js';

const AT_MOST_MS = 600_000;
const DAY_MS = 24 * 3600 * 1_000;
// The API accepts an expiry in the future: long enough to build the galleries, short enough to wait for.
const ENDS_IN_MS = 8_000;
const LOOK_MS = 500;
const STUDENTS = [
  ['Noah', 'Adams'], ['Mia', 'Baker'], ['Liam', 'Carter'], ['Sofia', 'Diaz'], ['Ella', 'Evans'], ['Jonas', 'Fischer'],
  ['Lucia', 'Garcia'], ['Owen', 'Hughes'], ['Nina', 'Ivanov'], ['Oskar', 'Jensen'], ['Hana', 'Kim'], ['Mateo', 'Lopez'],
];
const ABSENT = ['Hana', 'Mateo'];
const PRESENT = STUDENTS.length - ABSENT.length;
/** The second student's card never arrives: the photos of both follow the first student's card. */
const [BEFORE, LOST] = ['Liam', 'Sofia'];
/** One of his photos was deleted in the camera: a number is missing, and the rest is his. */
const BLINKED = 'Owen';
const TAKEN_FROM = 'Mia';
const WITHOUT_TYPE = 'Oskar';
const ROSTER = {
  name: 'roster.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['First Name,Last Name,Student ID,Class', ...STUDENTS.map(([given, family], at) => `${given},${family},31${at},3A`)].join('\n')),
};
const NUMBER_GAP = 'A file number is missing in between: that photo never came, and it may have been the next child’s card.';
const PRINT_ORDER = 'The card printed next was not photographed, and its student has no photo.';
const HAND_DIFFERS = 'You gave a photo in between to another child or to none, and more photos follow.';
const NEVER_SENT = 'DSC_0099.JPG';

describe('the right child', { skip }, () => {
  const there = stage();

  for (const device of [DESKTOP, PHONE]) {
    test(`on a ${device.name}`, { timeout: AT_MOST_MS }, async (t) => {
      const { browser, cards, runner } = there;
      const photographer = await Visitor.arrive(browser, device, runner.url);
      const parent = await Visitor.arrive(browser, device, runner.url);
      const step = stepsOf(t, { photographer, parent }, `right-child-${device.name}`, () => runner.said);
      const { page } = photographer;
      const look = (name, more) => lookAt(photographer, device, name, more);
      const row = (student) => page.locator('.gallery-row', { hasText: student });
      const run = (student) => page.getByRole('article', { name: `After the card of ${student}` });
      let day, camera, gallery, frames;

      await step('a picture day is planned', async () => {
        const email = `right-${device.name}@picture-day.example`;
        await asPhotographer.signUp(photographer, runner, email);
        await asPhotographer.signIn(photographer, email);
        await asPhotographer.addSchool(photographer);
        await asPhotographer.bringRoster(photographer, ROSTER, STUDENTS.length);
        day = await asPhotographer.planDay(photographer);
      });

      await step('files arrive: one card is lost, one photo was deleted, one has no type', async () => {
        camera = await shootDay(join(cards, device.name), await asPhotographer.takeCards(photographer, day));
        await photographer.press('step-upload');
        await photographer.see('camera-label');
        const isAnnounced = (request) => request.url().endsWith('/uploads') && request.postData().includes(camera.withoutType);
        const announced = page.waitForRequest(isAnnounced);
        await photographer.part('photo-files').setInputFiles(camera.files);
        await asPhotographer.dropWithoutType(photographer, 0, camera.path(camera.withoutType));
        const { files } = (await announced).postDataJSON();
        assert.equal(files.find(({ name }) => name === camera.withoutType).content_type, '');
        await photographer.see('upload-words', `All ${camera.files.length + 1} photos have arrived`);
        await photographer.see('intake-words', 'All photos are checked. The photos of 2 students need your eyes.');
        assert.equal(await page.locator('.file:not([data-state=stored])').count(), 0);
        await look('uploaded');
      });

      await step('the doubtful runs are shown first, with the reasons in words and their pictures', async () => {
        await photographer.press('to-match');
        await photographer.see('doubtful-runs', 'The photos of 2 students need your eyes');
        assert.equal(await page.locator('#step-match .part').first().getAttribute('data-testid'), 'doubtful-runs');
        const names = await page.getByTestId('doubtful-runs').getByRole('article').getByRole('heading').allTextContents();
        assert.deepEqual(names, ['After the card of Liam Carter', 'After the card of Owen Hughes']);
        assert.deepEqual(await run(BEFORE).locator('.run-reasons li').allTextContents(), [NUMBER_GAP, PRINT_ORDER]);
        assert.deepEqual(await run(BLINKED).locator('.run-reasons li').allTextContents(), [NUMBER_GAP]);
        assert.equal(await run(BEFORE).locator('img').count(), 1 + 4, 'the card, two photos of him, two of her');
        await photographer.seePictures(page.getByTestId('doubtful-runs').locator('img'));
        await photographer.see('match-missing', '3 students without a photo');
        await look('doubt', { dark: true });
      });

      await step('they are held back when the others are published, and the page goes on saying so', async () => {
        await photographer.press('step-galleries');
        await photographer.see('no-galleries', '5 doubtful photos are held back');
        await look('first-build');
        await photographer.press('build');
        await page.getByRole('status').getByText('The galleries are being built. 5 doubtful photos are held back.').waitFor();
        await allPublished(photographer, PRESENT - 3);
        for (const student of [BEFORE, LOST, BLINKED]) assert.equal(await row(student).count(), 0);
        await page.getByRole('main').getByText('5 doubtful photos are held back until you have looked at them.').waitFor();
        await look('held-back', { dark: true });
        await page.goto('/photographer');
        await photographer.see(`day-${day}`, 'Match photos');
        await look('home');
      });

      await step('a person corrects one run and says yes to the other', async () => {
        await page.getByTestId(`day-${day}`).getByRole('link', { name: 'Match photos' }).click();
        for (const [at, name] of camera.framesOf(LOST).entries()) {
          await run(BEFORE).getByRole('button', { name }).click();
          await photographer.see('photo-dialog', 'Belongs to Liam Carter.');
          if (at === 0) await look('correct');
          await photographer.part('photo-student').fill(LOST);
          await photographer.part('photo-dialog').getByRole('button', { name: 'Assign' }).click();
          await page.getByTestId('doubtful-runs').getByRole('button', { name }).waitFor({ state: 'detached' });
          // The rest stays doubtful until no photo of another child follows it.
          if (at === 0) {
            await run(BEFORE).getByText(HAND_DIFFERS).waitFor();
            await run(BEFORE).getByText(PRINT_ORDER).waitFor({ state: 'detached' });
            await look('half-corrected');
          }
        }
        await photographer.see('doubtful-runs', 'One student’s photos need your eyes');
        await look('corrected');
        await run(BLINKED).getByRole('button', { name: 'This is Owen Hughes' }).click();
        await page.getByText('Every photo has its student.').waitFor();
        await photographer.see('match-missing', '2 students without a photo');
        await look('decided');
      });

      await step('the dialog asks until when, and all that was held back joins', async () => {
        await photographer.press('step-galleries');
        await photographer.press('build');
        const dialog = await photographer.see('build-dialog');
        assert.ok(await dialog.getByLabel('with no end, as now').isChecked());
        await dialog.getByLabel('until the end of a day').check();
        await look('build-again', { dark: true });
        await dialog.getByLabel('Last day').fill(inDays(30));
        await photographer.press('build-now');
        await allPublished(photographer, PRESENT);
        await row(BEFORE).getByText(`2 photos, until ${inWords(inDays(30))}, 11:59 PM`).waitFor();
        assert.equal(await page.getByText('held back until').count(), 0);
        await look('with-end');
        frames = await framesByName(photographer, day);
        const shown = await asPhotographer.lookAtGallery(photographer, BEFORE);
        assert.deepEqual([...shown].sort(), camera.framesOf(BEFORE).map((name) => frames.get(name)).sort(), 'his photos only');
        gallery = new URL(page.url()).searchParams.get('id');
        await page.goBack();
      });

      await step('a photo is taken away: the row says so, and one press publishes it', async () => {
        await photographer.press('step-match');
        await photographer.part('all-photos').locator('summary').click();
        await photographer.part('strip').getByRole('button', { name: camera.framesOf(TAKEN_FROM).at(-1) }).click();
        await photographer.press('unassign');
        await photographer.see('unmatched');
        await look('taken-away');
        await photographer.press('step-galleries');
        await page.getByText('One gallery has changed since it was published').waitFor();
        await row(TAKEN_FROM).getByText('One photo taken away').waitFor();
        assert.equal(await page.locator('.gallery-row[data-changed=true]').count(), 1);
        await look('changed', { dark: true });
        await row(TAKEN_FROM).getByTestId('publish-one').click();
        await page.locator('.gallery-row[data-changed=false][data-state=published]', { hasText: TAKEN_FROM }).getByText('One photo, until').waitFor();
        await row(TAKEN_FROM).getByTestId('publish-one').waitFor({ state: 'detached' });
        assert.equal(await page.locator('.gallery-row[data-changed=true]').count(), 0);
        await look('publish-one');
      });

      await step('building again keeps the end', async () => {
        await photographer.press('build');
        const dialog = await photographer.see('build-dialog');
        assert.ok(await dialog.getByLabel(`until ${inWords(inDays(30))}, 11:59 PM`).isChecked());
        await look('keep-end');
        await photographer.press('build-now');
        await photographer.part('build-dialog').waitFor({ state: 'detached' });
        await allPublished(photographer, PRESENT);
        assert.equal(await page.locator('.gallery-row', { hasText: `until ${inWords(inDays(30))}` }).count(), PRESENT);
      });

      await step('a parent sees their own child, and later when it ended', async () => {
        const code = await asPhotographer.shareCode(photographer, BEFORE);
        await asParent.openGallery(parent, runner, { code, email: `right-family-${device.name}@picture-day.example` });
        const seen = await asParent.lookAtPhotos(parent, gallery);
        assert.deepEqual([...seen].sort(), camera.framesOf(BEFORE).map((name) => frames.get(name)).sort());
        await lookAt(parent, device, 'parent');

        const end = new Date(Date.now() + ENDS_IN_MS);
        await asPhotographer.ask(photographer, 'POST', `/v1/picture-days/${day}/galleries`, { target: 'hosted', galleries: [gallery], expires_at: end.toISOString() });
        while ((await asPhotographer.ask(photographer, 'GET', `/v1/galleries/${gallery}`)).state !== 'expired') await page.waitForTimeout(LOOK_MS);
        await parent.page.reload();
        await parent.see('gallery-over', `This gallery ended on ${inWords(end, { dateStyle: 'long', timeZone: 'America/Denver' })}`);
        assert.equal(await parent.part('failed').count(), 0, 'never “Nothing here”');
        assert.equal(await parent.page.getByRole('main').locator('img').count(), 0);
        await lookAt(parent, device, 'ended', { dark: true });
        await parent.page.goto('/parent/galleries?all=1');
        await parent.see(`gallery-${gallery}`, 'Ended on');
        await lookAt(parent, device, 'parent-list');
      });

      await step('an ended gallery opens again with a date', async () => {
        await page.reload();
        await row(BEFORE).getByText('its family sees no photos').waitFor();
        await look('one-ended', { dark: true });
        await row(BEFORE).getByTestId('open-again').click();
        const dialog = await photographer.see('build-dialog', 'Its family sees it');
        await look('open-again');
        await dialog.getByLabel('Last day').fill(inDays(60));
        await photographer.press('build-now');
        await row(BEFORE).getByText(`2 photos, until ${inWords(inDays(60))}`).waitFor();
        await parent.page.goto(`/parent/gallery?id=${gallery}`);
        await parent.see('parent-photo-2');
      });

      await step('a file that was announced and never sent is named, with what to do', async () => {
        const bytes = Buffer.from('never sent');
        const sha256 = createHash('sha256').update(bytes).digest('base64');
        const file = { name: NEVER_SENT, bytes: bytes.length, sha256, content_type: 'image/jpeg' };
        await asPhotographer.ask(photographer, 'POST', `/v1/picture-days/${day}/uploads`, { camera: 'Camera A', files: [file] });
        await page.reload();
        await photographer.press('step-upload');
        await photographer.see('awaited-photos', NEVER_SENT);
        await page.getByText('One file is announced and not here yet').waitFor();
        await page.getByText('choose this file again: only what is missing is sent.').waitFor();
        await look('awaited');
        await photographer.press('step-match');
        await photographer.part('match-not_arrived').locator('summary').click();
        await photographer.see('match-not_arrived', NEVER_SENT);
        await look('not-arrived');
      });
      for (const visitor of [photographer, parent]) await visitor.leave();
    });
  }
});

/** Simulates one camera in the order of its cards; returns the files to drop and to pick, and each student's frames. */
async function shootDay(folder, codes) {
  const present = [...codes].filter(([given]) => !ABSENT.includes(given));
  const names = await shoot(folder, { serial: 1, seed: 0, qrTexts: present.map(([, text]) => text) });
  const taken = new Map(present.map(([given], at) => [given, names.slice(at * FILES_EACH, (at + 1) * FILES_EACH)]));
  const path = (name) => join(folder, name);
  const never = [taken.get(LOST)[0], taken.get(BLINKED)[1]];
  const withoutType = taken.get(WITHOUT_TYPE).at(-1);
  return {
    path,
    withoutType,
    files: names.filter((name) => ![...never, withoutType].includes(name)).map(path),
    framesOf: (given) => taken.get(given).slice(1),
  };
}

/** Waits until there are this many galleries and all are published. */
async function allPublished({ page }, count) {
  await page.locator('.gallery-row[data-state=published]').nth(count - 1).waitFor();
  assert.equal(await page.locator('.gallery-row').count(), count);
  await page.getByTestId('day-figures').getByText(String(count), { exact: true }).last().waitFor();
}

async function framesByName(photographer, day) {
  const { items } = await asPhotographer.ask(photographer, 'GET', `/v1/picture-days/${day}/photos?limit=200`);
  return new Map(items.map(({ name, id }) => [name, id]));
}

/** Returns a date in the format of a date input. */
const inDays = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

const inWords = (date, style = { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' }) => new Intl.DateTimeFormat('en', style).format(new Date(date));
