// One gallery as its photographer sees it: the family's view, and its progress.

import { get } from '/assets/shared/api.js';
import { byId, h, icon, inAddress, patience } from '/assets/shared/dom.js';
import { emptyState, meter, notice, say, screen, skeleton } from '/assets/shared/elements.js';
import { openLightbox } from '/assets/shared/lightbox.js';
import { titled } from '/assets/shared/page.js';
import { photoGrid } from '/assets/shared/photo-grid.js';
import { civilDate, t } from '/assets/shared/words.js';
import { askToBuild, build } from '/assets/photographer/build-dialog.js';
import { MOVES, changeWords, decideButton, photoWords, statePills } from '/assets/photographer/gallery-row.js';
import { offerCodes } from '/assets/photographer/share-codes.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

const id = inAddress('id');
await startPhotographer('home');
const load = async () => named(await get(`/v1/galleries/${id}`));
screen(byId('screen'), { load, draw: drawGallery, bones: skeleton(6, 'tile') });

/** A student who was removed from the roster has no name any more. */
function named(gallery) {
  return { ...gallery, student_name: gallery.student_name ?? t('gallery.no_name'), photos: gallery.photos ?? [], waiting_photos: gallery.waiting_photos ?? [] };
}

function drawGallery(first) {
  let gallery = first;
  const day = { id: gallery.picture_day_id, ...gallery.picture_day };
  titled(gallery.student_name);
  const state = h('div', { class: 'gallery-state', role: 'status' });
  const decision = h('div');
  const place = h('div');
  const renew = async () => {
    gallery = await load().catch(() => gallery);
    show();
  };
  const shown = gridOf('gallery-photos', () => gallery.photos, () => gallery.student_name, renew);
  const waiting = gridOf('waiting-photos', () => gallery.waiting_photos, () => gallery.student_name, renew);

  async function started() {
    say(t('galleries.started'));
    await renew();
    follow();
  }
  const work = {
    again: () => askToBuild(day, [], started, { only: [gallery] }),
    publish: async (_, button) => {
      button.setAttribute('aria-busy', 'true');
      await build(day, { ids: [gallery.id] }).then(started, (problem) => say(problem.message, 'bad'));
      button.removeAttribute('aria-busy');
    },
  };

  function show() {
    const progress = t('of', { part: gallery.photos_done, all: gallery.photos_total });
    const isMoving = MOVES.has(gallery.state) && !gallery.stalled;
    state.replaceChildren(...statePills(gallery),
      isMoving ? meter(t('galleries.building'), gallery.photos_done, gallery.photos_total, progress)
        : h('span', { class: 'muted' }, photoWords(gallery, day.time_zone)));
    const changes = changeWords(gallery);
    const decide = decideButton(gallery, work);
    const about = gallery.state === 'withdrawn' && t('gallery.withdrawn_text');
    decision.replaceChildren(...(changes.length || decide || about
      ? [notice('warn', [about, ...changes].filter(Boolean).map((words) => h('p', {}, words)), decide)] : []));
    place.replaceChildren(...[
      gallery.waiting_photos.length > 0 && !isMoving && h('section', { class: 'part' },
        h('h2', {}, t('gallery.waiting', { count: gallery.waiting_photos.length })),
        h('p', { class: 'muted' }, t('gallery.waiting_text')), waiting.show()),
      gallery.photos.length > 0 && h('section', { class: gallery.waiting_photos.length ? 'part' : null },
        gallery.waiting_photos.length > 0 && h('h2', {}, t(gallery.state === 'published' ? 'gallery.shown' : 'gallery.published_before')), shown.show()),
      !gallery.photos.length && !gallery.waiting_photos.length && emptyState({ title: t('gallery.none'), text: t('gallery.none_text'),
        action: h('a', { class: 'button', href: `/photographer/picture-day?id=${day.id}#match` }, t('gallery.to_match')) }),
    ].filter(Boolean));
  }
  show();
  follow();

  async function follow() {
    const wait = patience();
    while (MOVES.has(gallery.state) && !gallery.stalled) {
      await wait();
      await renew();
    }
  }

  return [
    heading({
      trail: [[t('nav.picture_days'), '/photographer'], [day.school_name, `/photographer/picture-day?id=${day.id}#galleries`]],
      title: gallery.student_name,
      line: t('day.line', { kind: t(`kind.${day.kind}`), date: civilDate(day.date) }),
      actions: [h('button', { type: 'button', onclick: () => offerCodes(day, gallery), data: { testid: 'share-code' } }, icon('key'), t('codes.one'))],
    }),
    state, decision, place,
  ];
}

/** A grid of photos that open enlarged. `show()` returns its element. */
function gridOf(testId, photos, name, renew) {
  const pictures = () => photos().map((photo, at) => ({
    src: photo.web_url ?? photo.proof_url, alt: t('gallery.alt', { name: name(), at: at + 1, all: photos().length }), width: photo.width, height: photo.height,
  }));
  const grid = photoGrid({
    testId,
    onStale: renew,
    tile: (photo) => ({ key: photo.id, src: photo.thumbnail_url, alt: pictures()[photos().indexOf(photo)]?.alt ?? '', caption: null }),
    onPress: (photo) => openLightbox({ pictures, start: Math.max(0, photos().findIndex((one) => one.id === photo.id)), renew }),
  });
  return {
    show: () => {
      grid.show(photos());
      return grid.place;
    },
  };
}
