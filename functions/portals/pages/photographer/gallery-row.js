// A row of the gallery list: state, pending decisions, and the button to decide.

import { h, icon } from '/assets/shared/dom.js';
import { pill } from '/assets/shared/elements.js';
import { instant, t } from '/assets/shared/words.js';
import { offerCodes } from '/assets/photographer/share-codes.js';

export const MOVES = new Set(['draft', 'building']);
export const KIND = { draft: 'plain', building: 'info', published: 'good', expired: 'warn', withdrawn: 'warn' };

/** The states of a gallery as pills: its progress, and pending decisions. */
export function statePills(gallery) {
  return [
    gallery.stalled ? pill(t('gallery_state.stalled'), 'warn') : pill(t(`gallery_state.${gallery.state}`), KIND[gallery.state]),
    gallery.changed && !MOVES.has(gallery.state) && pill(t('gallery_state.changed'), 'warn'),
  ].filter(Boolean);
}

/** The difference from the published gallery in words; empty where there is none. */
export function changeWords(gallery) {
  return [
    gallery.photos_waiting && !MOVES.has(gallery.state) && t('changes.waiting', { count: gallery.photos_waiting }),
    gallery.photos_removed && !MOVES.has(gallery.state) && t('changes.removed', { count: gallery.photos_removed }),
    gallery.photos_held_back && t('changes.held_back', { count: gallery.photos_held_back }),
  ].filter(Boolean);
}

/** The number of photos, and the expiry date. */
export function photoWords(gallery, timeZone) {
  const values = { part: gallery.photos_done, all: gallery.photos_total, count: gallery.photos_done };
  if (gallery.stalled) return t('galleries.stalled', values);
  if (MOVES.has(gallery.state)) return t('galleries.progress', values);
  if (gallery.state === 'withdrawn') return t('galleries.withdrawn');
  const until = gallery.expires_at && instant(gallery.expires_at, timeZone);
  if (gallery.state === 'expired') return t('galleries.ended', { until });
  return until ? t('galleries.photos_until', { ...values, until }) : t('galleries.photos', values);
}

/** The button to decide about one gallery, or null when there is nothing to decide. */
export function decideButton(gallery, { publish, again }) {
  const button = (name, words, work) =>
    h('button', { type: 'button', onclick: (event) => work(gallery, event.currentTarget), data: { testid: name } }, words);
  if (gallery.state === 'expired') return button('open-again', t('galleries.open_again'), again);
  if (gallery.stalled) return button('build-one', t('galleries.rebuild'), publish);
  return gallery.changed && !MOVES.has(gallery.state) ? button('publish-one', t('galleries.publish_one'), publish) : null;
}

/** The row; `fill` shows the gallery's current state. */
export function galleryRow(day, first, work) {
  const name = h('a', { href: `/photographer/gallery?id=${first.id}` }, h('bdi', {}, first.student_name));
  const state = h('span', { class: 'gallery-pills' });
  const bar = h('progress', { value: 0, max: 1 });
  const words = h('span', { class: 'muted small figures' });
  const changes = h('span', { class: 'small gallery-changes' });
  const decide = h('span', { class: 'gallery-decide' });
  const code = h('button', { type: 'button', onclick: () => offerCodes(day, entry.gallery), data: { testid: 'share-code' } }, icon('key'), t('codes.one'));
  const row = h('li', { class: 'row gallery-row', data: { testid: `gallery-${first.id}` } },
    h('div', { class: 'row-words' }, h('strong', {}, name), h('div', { class: 'gallery-progress' }, bar, words), changes, state),
    h('div', { class: 'gallery-work' }, decide, code));
  const entry = { gallery: first, row, fill };
  let drawn = '';

  function fill(gallery) {
    entry.gallery = gallery;
    row.dataset.state = gallery.state;
    row.dataset.changed = Boolean(gallery.changed);
    bar.hidden = !MOVES.has(gallery.state) || gallery.stalled;
    bar.max = Math.max(gallery.photos_total, 1);
    bar.value = gallery.photos_done;
    bar.setAttribute('aria-label', t('galleries.progress_of', { name: gallery.student_name }));
    words.textContent = photoWords(gallery, day.time_zone);
    // An unchanged row is not redrawn, so that a button that is being pressed stays.
    const look = [gallery.state, gallery.stalled, gallery.changed, ...changeWords(gallery)].join('|');
    if (look === drawn) return;
    drawn = look;
    state.replaceChildren(...statePills(gallery));
    changes.replaceChildren(changeWords(gallery).join(' · '));
    decide.replaceChildren(...[decideButton(gallery, work)].filter(Boolean));
  }
  return entry;
}
