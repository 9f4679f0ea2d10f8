// What becomes of the photos in storage: checked, matched, or refused with a reason. Looks again until nothing moves.

import { all } from '/assets/shared/api.js';
import { h, pause } from '/assets/shared/dom.js';
import { meter, notice } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { reasonOf } from '/assets/photographer/reasons.js';

// A look costs a request per 200 photos: the more photos, the calmer.
const LOOK_MS = 1_500;
const LOOK_MS_PER_PHOTO = 3;
// Without any movement the page rests until something is uploaded: late when files are still to be checked, soon when
// only matching could still bring something.
const RESTS_MS = { checking: 60_000, matching: 12_000 };

export function intakeProgress({ day, refresh, go }) {
  const bars = h('div', { class: 'day-bars' });
  const refusedPlace = h('div');
  const on = h('button', { type: 'button', class: 'primary', onclick: () => go('match'), data: { testid: 'to-match' } }, t('intake.to_match'));
  const words = h('p', { class: 'muted', role: 'status', data: { testid: 'intake-words' } });
  const element = h('section', { class: 'part intake', hidden: true, data: { testid: 'intake' } },
    h('h3', {}, t('intake.heading')), words, bars, refusedPlace, h('p', {}, on));
  let isLooking = false;
  let again = false;

  async function watch() {
    again = true;
    if (isLooking) return;
    isLooking = true;
    let last = '';
    let still = Date.now();
    let rests = RESTS_MS.checking;
    while (again || Date.now() - still < rests) {
      again = false;
      const photos = await all(`/v1/picture-days/${day.id}/photos`).catch(() => null);
      if (photos) {
        const now = counted(photos);
        draw(now, photos);
        await refresh();
        const mark = JSON.stringify(now);
        if (mark !== last) still = Date.now();
        last = mark;
        if (now.waiting === 0 && now.unmatched === 0 && !again) break;
        rests = now.waiting ? RESTS_MS.checking : RESTS_MS.matching;
      }
      await pause(LOOK_MS + LOOK_MS_PER_PHOTO * (photos?.length ?? 0));
    }
    isLooking = false;
  }

  function draw(now, photos) {
    element.hidden = photos.length === 0;
    const known = photos.length - now.expired;
    bars.replaceChildren(
      meter(t('intake.checked'), known - now.waiting, known, t('of', { part: known - now.waiting, all: known })),
      meter(t('intake.matched'), now.matched, now.frames, t('of', { part: now.matched, all: now.frames })));
    const said = now.waiting ? t('intake.working', { count: now.waiting }) : t('intake.done', { count: now.unmatched });
    if (words.textContent !== said) words.textContent = said;
    const refused = photos.filter((photo) => photo.state === 'refused');
    refusedPlace.replaceChildren(...[refused.length && notice('warn',
      h('h4', {}, t('intake.refused', { count: refused.length })),
      h('ul', { class: 'plain-list', data: { testid: 'refused-photos' } }, refused.map((photo) =>
        h('li', {}, h('strong', {}, h('bdi', {}, photo.name)), h('span', {}, reasonOf(photo.reason, photo.reason_text))))))].filter(Boolean));
  }

  return { element, watch };
}

/** Frames are the photos of people: cards are no photos of anybody. */
function counted(photos) {
  const is = (...states) => photos.filter((photo) => states.includes(photo.state));
  const frames = photos.filter((photo) => !photo.is_camera_card && ['checked', 'matched', 'published'].includes(photo.state));
  const matched = frames.filter((photo) => photo.student_ids.length > 0).length;
  return { waiting: is('registered').length, expired: is('expired').length, frames: frames.length, matched, unmatched: frames.length - matched };
}
