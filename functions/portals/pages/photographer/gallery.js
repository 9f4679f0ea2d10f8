// One gallery as its photographer sees it: what the family gets, and how far it is.

import { get } from '/assets/shared/api.js';
import { byId, h, icon, inAddress, patience } from '/assets/shared/dom.js';
import { emptyState, meter, pill, screen, skeleton } from '/assets/shared/elements.js';
import { openLightbox } from '/assets/shared/lightbox.js';
import { titled } from '/assets/shared/page.js';
import { photoGrid } from '/assets/shared/photo-grid.js';
import { civilDate, t } from '/assets/shared/words.js';
import { offerCodes } from '/assets/photographer/share-codes.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

const MOVES = new Set(['draft', 'building']);
const KIND = { draft: 'plain', building: 'info', published: 'good', expired: 'warn', withdrawn: 'warn' };

const id = inAddress('id');
await startPhotographer('home');
const load = async () => named(await get(`/v1/galleries/${id}`));
screen(byId('screen'), { load, draw: drawGallery, bones: skeleton(6, 'tile') });

/** A student who was taken off the roster has no name any more. */
function named(gallery) {
  return { ...gallery, student_name: gallery.student_name ?? t('gallery.no_name'), photos: gallery.photos ?? [] };
}

function drawGallery(first) {
  let gallery = first;
  const day = { id: gallery.picture_day_id, ...gallery.picture_day };
  titled(gallery.student_name);
  const state = h('div', { class: 'gallery-state', role: 'status' });
  const place = h('div');
  const pictures = () => gallery.photos.map((photo, at) => ({
    src: photo.web_url ?? photo.proof_url, alt: t('gallery.alt', { name: gallery.student_name, at: at + 1, all: gallery.photos.length }), width: photo.width, height: photo.height,
  }));
  const renew = async () => {
    gallery = await load().catch(() => gallery);
    show();
  };
  const grid = photoGrid({
    testId: 'gallery-photos',
    onStale: renew,
    tile: (photo) => {
      const at = gallery.photos.indexOf(photo);
      return { key: photo.id, src: photo.thumbnail_url, alt: pictures()[at]?.alt ?? '', caption: null };
    },
    onPress: (photo) => openLightbox({ pictures, start: Math.max(0, gallery.photos.findIndex((one) => one.id === photo.id)), renew }),
  });

  function show() {
    state.replaceChildren(pill(t(`gallery_state.${gallery.state}`), KIND[gallery.state]),
      ...(MOVES.has(gallery.state) ? [meter(t('galleries.building'), gallery.photos_done, gallery.photos_total, t('of', { part: gallery.photos_done, all: gallery.photos_total }))] : []));
    if (gallery.photos.length) {
      grid.show(gallery.photos);
      if (!grid.place.isConnected) place.replaceChildren(grid.place);
    } else {
      place.replaceChildren(emptyState({ title: t('gallery.none'), text: t('gallery.none_text'),
        action: h('a', { class: 'button', href: `/photographer/picture-day?id=${day.id}#match` }, t('gallery.to_match')) }));
    }
  }
  show();
  follow();

  async function follow() {
    const wait = patience();
    while (MOVES.has(gallery.state)) {
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
    state, place,
  ];
}
