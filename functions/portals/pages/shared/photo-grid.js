// A grid of thumbnails. Their places are reserved before the pictures arrive, and pictures load when they come near.
// They are renewed when their URLs have expired (after five minutes).

import { calmly, h, icon } from '/assets/shared/dom.js';

// The minimum time between two requests for new URLs, however many pictures fail.
const RENEW_MS = 2_000;

/**
 * `tile(item)` returns `{key, src, alt, caption, pressed?, label?}`. `onPress(item, button)` handles a press.
 * The grid has `show(items)`, which keeps unchanged tiles, and `place`.
 */
export function photoGrid({ tile, onPress, onStale, testId }) {
  const place = h('ul', { class: 'photos', data: { testid: testId } });
  const tiles = new Map();
  const askForFresh = calmly(RENEW_MS, () => onStale?.());

  function make(item) {
    const image = h('img', { alt: '', loading: 'lazy', decoding: 'async', width: 200, height: 200 });
    image.addEventListener('error', () => {
      image.classList.add('missing');
      askForFresh();
    });
    image.addEventListener('load', () => image.classList.remove('missing'));
    const none = h('span', { class: 'photo-none' }, icon('picture'));
    const caption = h('span', { class: 'photo-caption' });
    const button = h('button', { type: 'button', class: 'photo' }, h('span', { class: 'photo-frame' }, none, image), caption);
    button.addEventListener('click', () => onPress(entry.item, button));
    const entry = { item, image, caption, button, row: h('li', {}, button) };
    return entry;
  }

  function fill(entry, item) {
    entry.item = item;
    const look = tile(item);
    entry.button.dataset.testid = `photo-${look.key}`;
    if (look.pressed !== undefined) entry.button.setAttribute('aria-pressed', look.pressed);
    entry.caption.replaceChildren(look.caption ?? '');
    entry.image.alt = look.alt;
    entry.image.hidden = !look.src;
    // A displayed picture keeps its URL: a new URL of the same picture would only flicker.
    const isShown = entry.image.complete && entry.image.naturalWidth > 0;
    if (look.src && !isShown && entry.image.src !== look.src) entry.image.src = look.src;
  }

  function show(items) {
    const rows = items.map((item) => {
      const key = tile(item).key;
      const entry = tiles.get(key) ?? make(item);
      tiles.set(key, entry);
      fill(entry, item);
      return entry.row;
    });
    const staying = new Set(items.map((item) => tile(item).key));
    for (const key of tiles.keys()) if (!staying.has(key)) tiles.delete(key);
    const same = rows.length === place.children.length && rows.every((row, at) => place.children[at] === row);
    if (!same) place.replaceChildren(...rows);
  }

  return { place, show };
}
