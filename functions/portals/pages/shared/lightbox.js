// Shows one picture at a time, large, above everything else: arrow keys, a swipe, Escape, and buttons for both.

import { h, icon } from '/assets/shared/dom.js';
import { t } from '/assets/shared/words.js';

// A swipe of at least this many pixels changes the picture.
const SWIPE_PIXELS = 48;

/**
 * Opens at `start`. `pictures` returns the current pictures, `{src, alt, width, height}`. Their URLs expire after
 * five minutes, a family's after one minute, so `pictures` is called at every turn. `renew` fetches new URLs when a
 * picture does not load, and before a picture is shown if `isStale` reports that they are too old.
 */
export function openLightbox({ pictures, start, renew, isStale = () => false }) {
  let at = start;
  let renewed = false;
  const image = h('img', { class: 'lightbox-picture', data: { testid: 'lightbox-picture' } });
  const count = h('p', { class: 'lightbox-count', 'aria-live': 'polite' });
  const turn = (step, name, label) => h('button', { type: 'button', class: `lightbox-turn ${name}`, 'aria-label': label, onclick: () => go(step) }, icon(name));
  const back = turn(-1, 'back', t('lightbox.back'));
  const on = turn(1, 'on', t('lightbox.on'));
  const dialog = h('dialog', { class: 'lightbox', 'aria-label': t('lightbox.name'), data: { testid: 'lightbox' } },
    h('div', { class: 'lightbox-stage' }, image),
    h('div', { class: 'lightbox-bar' }, back, count, on,
      h('button', { type: 'button', class: 'lightbox-turn close', 'aria-label': t('close'), onclick: () => dialog.close() }, icon('close'))));

  async function show() {
    if (isStale()) await renew();
    const all = pictures();
    at = Math.min(at, all.length - 1);
    const picture = all[at];
    // The last photo was removed from the gallery meanwhile.
    if (!picture) return dialog.close();
    image.alt = picture.alt;
    image.width = picture.width;
    image.height = picture.height;
    image.src = picture.src;
    count.textContent = t('lightbox.count', { at: at + 1, all: all.length });
    back.disabled = at === 0;
    on.disabled = at === all.length - 1;
    for (const next of [all[at + 1], all[at - 1]]) if (next) new Image().src = next.src;
  }

  function go(step) {
    const next = at + step;
    if (next < 0 || next >= pictures().length) return;
    at = next;
    renewed = false;
    show();
  }

  image.addEventListener('error', async () => {
    if (renewed) return;
    renewed = true;
    await renew();
    show();
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight') go(1);
    if (event.key === 'ArrowLeft') go(-1);
  });

  let from = null;
  dialog.addEventListener('pointerdown', (event) => { from = event.isPrimary ? event.clientX : null; });
  dialog.addEventListener('pointerup', (event) => {
    if (from === null) return;
    const moved = event.clientX - from;
    from = null;
    if (Math.abs(moved) >= SWIPE_PIXELS) go(moved < 0 ? 1 : -1);
    else if (event.target.classList.contains('lightbox-stage')) dialog.close();
  });
  dialog.addEventListener('dragstart', (event) => event.preventDefault());
  dialog.addEventListener('close', () => dialog.remove());

  document.body.append(dialog);
  show();
  dialog.showModal();
}
