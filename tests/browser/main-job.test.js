// The main use case in a real browser, by clicking, on a desktop and on a phone: from a studio's sign-up to a
// parent's gallery. An accessibility checker checks every screen on the way.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { skip } from './chromium.js';
import * as asParent from './parent.js';
import * as asPhotographer from './photographer.js';
import { photograph, WITHOUT_CARD } from './school.js';
import { stage } from './stage.js';
import { DESKTOP, PHONE, Visitor, stepsOf } from './visitor.js';

// A minute on two cores; a test that hangs must not block a build for hours.
const AT_MOST_MS = 600_000;
const CHILD = ['Smith', 'Emma'];

describe('the main job by clicking', { skip }, () => {
  const there = stage();

  for (const device of [DESKTOP, PHONE]) {
    test(`on a ${device.name}`, { timeout: AT_MOST_MS }, async (t) => {
      const { browser, cards, runner } = there;
      const photographer = await Visitor.arrive(browser, device, runner.url);
      const parent = await Visitor.arrive(browser, device, runner.url);
      const step = stepsOf(t, { photographer, parent }, device.name, () => runner.said);
      const email = `photographer-${device.name}@picture-day.example`;
      const family = `parent-${device.name}@picture-day.example`;
      let day, lanes, photos, galleries, code, shown, link;

      await step('a photographer signs up and confirms the address', () => asPhotographer.signUp(photographer, runner, email));
      await step('the session is a secure cookie, on http://localhost too', () => asPhotographer.signIn(photographer, email));
      await step('a district and a school are added', () => asPhotographer.addSchool(photographer));
      await step('a roster is previewed, with what is refused, and applied', () => asPhotographer.importRoster(photographer));
      await step('a picture day is planned', async () => {
        day = await asPhotographer.planDay(photographer);
      });
      await step('the camera cards are saved and photographed', async () => {
        lanes = await photograph(join(cards, device.name), await asPhotographer.takeCards(photographer, day));
      });
      await step('an upload goes on after a lost connection', () => asPhotographer.upload(photographer, lanes));
      await step('every photo has its student, one of them by hand', async () => {
        photos = await asPhotographer.match(photographer, lanes);
        assert.equal(photos.length, lanes.flatMap(({ files }) => files).length, 'no photo is lost or doubled');
      });
      await step('all galleries are published', async () => {
        galleries = await asPhotographer.buildGalleries(photographer);
      });
      await step('a code is made, and the gallery has exactly the frames of the student', async () => {
        code = await asPhotographer.shareCode(photographer, CHILD[0]);
        shown = await asPhotographer.lookAtGallery(photographer, CHILD[0]);
        const frames = lanes.at(-1).frames.get(CHILD[1]);
        const taken = photos.filter((photo) => photo.camera === 'Camera B' && frames.includes(photo.name));
        assert.equal(taken.length, frames.length);
        assert.deepEqual([...shown].sort(), taken.map(({ id }) => id).sort());
      });
      await step('a parent comes from the code to the gallery', async () => {
        link = await asParent.openGallery(parent, runner, { code, email: family });
      });
      await step("a parent sees their child's photos", async () => {
        const seen = await asParent.lookAtPhotos(parent, idOf(galleries, CHILD));
        assert.deepEqual([...seen].sort(), [...shown].sort());
      });
      await step('and nothing else', () => asParent.findNothingElse(parent, { otherGallery: idOf(galleries, WITHOUT_CARD), usedLink: link }));
      await step('a photographer signs out', () => asPhotographer.signOut(photographer));
      for (const visitor of [photographer, parent]) await visitor.leave();
    });
  }
});

function idOf(galleries, [family]) {
  return [...galleries].find(([name]) => name.includes(family))?.[1];
}
