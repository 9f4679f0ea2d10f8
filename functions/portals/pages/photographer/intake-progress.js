// What becomes of the photos in storage: checked, matched, or refused with a reason. Looks again until nothing moves.

import { all } from '/assets/shared/api.js';
import { h, patience } from '/assets/shared/dom.js';
import { meter, notice } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { reasonOf } from '/assets/photographer/reasons.js';

// Without any movement the page rests until something is uploaded: late when files are still to be checked, soon when
// only matching could still bring something.
const RESTS_MS = { checking: 60_000, matching: 12_000 };

export function intakeProgress(context) {
  const { day, refresh, go } = context;
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
    let refused = 0;
    const wait = patience();
    while (again || Date.now() - still < rests) {
      again = false;
      await refresh();
      const now = context.day.counts;
      draw(now);
      if (now.refused !== refused) {
        // The list of 2,400 photos is twelve requests: asked for only when it says something new.
        const photos = await all(`/v1/picture-days/${day.id}/photos`).catch(() => null);
        if (photos) {
          refused = now.refused;
          drawRefused(photos);
        }
      }
      const mark = JSON.stringify(now);
      if (mark !== last) still = Date.now();
      last = mark;
      if (now.waiting === 0 && now.matched === now.photos && !again) break;
      rests = now.waiting ? RESTS_MS.checking : RESTS_MS.matching;
      await wait();
    }
    isLooking = false;
  }

  function draw(now) {
    element.hidden = now.checked + now.waiting === 0;
    bars.replaceChildren(
      meter(t('intake.checked'), now.checked, now.checked + now.waiting, t('of', { part: now.checked, all: now.checked + now.waiting })),
      meter(t('intake.matched'), now.matched, now.photos, t('of', { part: now.matched, all: now.photos })));
    const said = now.waiting ? t('intake.working', { count: now.waiting }) : t('intake.done', { count: now.photos - now.matched });
    if (words.textContent !== said) words.textContent = said;
  }

  function drawRefused(photos) {
    const refused = photos.filter((photo) => photo.state === 'refused');
    refusedPlace.replaceChildren(...[refused.length && notice('warn',
      h('h4', {}, t('intake.refused', { count: refused.length })),
      h('ul', { class: 'plain-list', data: { testid: 'refused-photos' } }, refused.map((photo) =>
        h('li', {}, h('strong', {}, h('bdi', {}, photo.name)), h('span', {}, reasonOf(photo.reason, photo.reason_text))))))].filter(Boolean));
  }

  return { element, watch };
}
