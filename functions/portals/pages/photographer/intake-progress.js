// The progress of the photos in S3: checked, matched, or refused with a reason. Lists registered files that never
// arrived, by name. Polls until nothing changes.

import { all } from '/assets/shared/api.js';
import { h, patience } from '/assets/shared/dom.js';
import { meter, notice } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { reasonOf } from '/assets/photographer/reasons.js';

// The time without any change after which the page stops polling until the next upload: long while files are being
// checked, short while only matching can change something.
const RESTS_MS = { checking: 60_000, matching: 12_000 };

// The maximum number of names in a list; the rest is a number.
const NAMED = 50;

/** `isUploading` tells whether this tab uploads files: then a missing file may still be on its way. */
export function intakeProgress(context, { isUploading }) {
  const { day, refresh, go } = context;
  const bars = h('div', { class: 'day-bars' });
  const refusedPlace = h('div');
  const missingPlace = h('div');
  const on = h('button', { type: 'button', class: 'primary', onclick: () => go('match'), data: { testid: 'to-match' } }, t('intake.to_match'));
  const words = h('p', { class: 'muted', role: 'status', data: { testid: 'intake-words' } });
  const element = h('section', { class: 'part intake', hidden: true, data: { testid: 'intake' } },
    h('h3', {}, t('intake.heading')), words, bars, missingPlace, refusedPlace, h('p', {}, on));
  let isLooking = false;
  let again = false;

  async function watch() {
    again = true;
    if (isLooking) return;
    isLooking = true;
    let last = '';
    let still = Date.now();
    let rests = RESTS_MS.checking;
    let listed = '';
    const wait = patience();
    while (again || Date.now() - still < rests) {
      again = false;
      await refresh();
      const now = context.day.counts;
      draw(now);
      const lost = isUploading() ? [now.missing] : [now.missing, now.waiting - now.arrived];
      const toList = [now.refused, ...lost].join();
      if (toList !== listed && now.refused + now.missing + now.waiting - now.arrived > 0) {
        // The list of 2,400 photos takes twelve requests, so it is requested only when it can show something new.
        const photos = await all(`/v1/picture-days/${day.id}/photos`).catch(() => null);
        if (photos) {
          listed = toList;
          drawRefused(photos);
          drawMissing(photos);
        }
      } else if (toList !== listed) {
        listed = toList;
        drawRefused([]);
        drawMissing([]);
      }
      const mark = JSON.stringify(now);
      if (mark !== last) still = Date.now();
      last = mark;
      const isMoving = now.arrived > 0 || (isUploading() && now.waiting > 0);
      if (!isMoving && now.matched === now.photos && !again) break;
      rests = isMoving ? RESTS_MS.checking : RESTS_MS.matching;
      await wait();
    }
    isLooking = false;
  }

  function draw(now) {
    element.hidden = now.checked + now.waiting + now.missing === 0;
    const stored = now.checked + now.arrived;
    bars.replaceChildren(
      meter(t('intake.checked'), now.checked, stored, t('of', { part: now.checked, all: stored })),
      meter(t('intake.matched'), now.matched, now.photos, t('of', { part: now.matched, all: now.photos })));
    const said = now.arrived ? t('intake.working', { count: now.arrived })
      : !stored ? t('intake.none')
        : now.photos > now.matched ? t('intake.done', { count: now.photos - now.matched })
          : now.doubtful ? t('intake.done_doubtful', { count: now.doubtful }) : t('intake.done_all');
    if (words.textContent !== said) words.textContent = said;
  }

  function drawRefused(photos) {
    const refused = photos.filter((photo) => photo.state === 'refused');
    refusedPlace.replaceChildren(...[refused.length && notice('warn',
      h('h4', {}, t('intake.refused', { count: refused.length })),
      h('ul', { class: 'plain-list', data: { testid: 'refused-photos' } }, refused.map((photo) =>
        h('li', {}, h('strong', {}, h('bdi', {}, photo.name)), h('span', {}, reasonOf(photo.reason, photo.reason_text))))))].filter(Boolean));
  }

  function drawMissing(photos) {
    const missing = photos.filter((photo) => photo.state === 'missing' || photo.state === 'expired');
    const awaited = isUploading() ? [] : photos.filter((photo) => photo.state === 'registered');
    missingPlace.replaceChildren(
      ...[['missing', missing], ['awaited', awaited]].filter(([, files]) => files.length).map(([name, files]) =>
        notice('warn',
          h('h4', {}, t(`intake.${name}`, { count: files.length })),
          h('p', {}, t(`intake.${name}_help`, { count: files.length })),
          h('ul', { class: 'plain-list', data: { testid: `${name}-photos` } }, files.slice(0, NAMED).map((photo) =>
            h('li', {}, h('strong', {}, h('bdi', {}, photo.name)), h('span', {}, photo.camera)))),
          files.length > NAMED && h('p', {}, t('intake.and_more', { count: files.length - NAMED })))));
  }

  return { element, watch };
}
