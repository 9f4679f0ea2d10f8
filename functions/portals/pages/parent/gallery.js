// The child's photos, large, and nothing else.

import { all, get } from '/assets/shared/api.js';
import { byId, calmly, h, inAddress } from '/assets/shared/dom.js';
import { emptyState, screen, skeleton } from '/assets/shared/elements.js';
import { openLightbox } from '/assets/shared/lightbox.js';
import { titled } from '/assets/shared/page.js';
import { civilDate, dayOf, t } from '/assets/shared/words.js';
import { startParent } from '/assets/parent/shell.js';

const RENEW_MS = 2_000;
// A picture's URL expires after one minute: before an older picture is enlarged, new URLs are requested.
const FRESH_MS = 50_000;
const id = inAddress('id');

await startParent();
const load = async () => named(await get(`/v1/galleries/${id}`));
const redraw = screen(byId('screen'), { load, draw: drawGallery, bones: skeleton(3, 'tile') });

/** A child who left the school has no name here any more. */
function named(gallery) {
  return { ...gallery, student_name: gallery.student_name ?? t('gallery.no_name'), photos: gallery.photos ?? [] };
}

function drawGallery(first) {
  let gallery = first;
  titled(gallery.student_name);
  const day = gallery.picture_day;
  const others = h('p', { class: 'parent-others' });
  offerOthers(others);
  const head = h('div', { class: 'parent-head' },
    h('h1', {}, h('bdi', {}, gallery.student_name)),
    h('p', { class: 'muted' }, t('gallery.line', { kind: t(`kind.${day.kind}`), date: civilDate(day.date), school: day.school_name })),
    others);
  if (gallery.state === 'expired') {
    const date = dayOf(gallery.expires_at, day.time_zone);
    return [head, emptyState({ title: t('gallery.over', { date }), text: t('gallery.over_text', { school: day.school_name }), testId: 'gallery-over' })];
  }
  if (gallery.state === 'withdrawn') {
    return [head, emptyState({ title: t('gallery.taken_back'), text: t('gallery.taken_back_text', { school: day.school_name }), testId: 'gallery-taken-back' })];
  }
  if (!gallery.photos.length) {
    return [head, emptyState({ title: t('gallery.not_yet'), text: t('gallery.not_yet_text') })];
  }

  const pictures = () => gallery.photos.map((photo, at) => ({
    src: photo.proof_url, small: photo.thumbnail_url, width: photo.width, height: photo.height,
    alt: t('gallery.alt', { name: gallery.student_name, at: at + 1, all: gallery.photos.length }),
  }));
  let images = [];
  let readAt = performance.now();
  const isStale = () => performance.now() - readAt > FRESH_MS;
  const renew = async () => {
    const shown = gallery;
    try {
      gallery = await load();
      readAt = performance.now();
    } catch (problem) {
      // The access has ended since the page was opened: the list says so.
      if (problem.status === 404) location.replace('/parent/galleries?all=1');
      return;
    }
    // A photo was added, or now belongs to another child: the page no longer matches the list.
    if (!isSamePhotos(shown, gallery)) {
      redraw();
      return;
    }
    images.forEach((image, at) => {
      const picture = pictures()[at];
      if (picture && !(image.complete && image.naturalWidth)) set(image, picture);
    });
  };
  const askForFresh = calmly(RENEW_MS, renew);
  images = pictures().map((picture, at) => {
    const image = h('img', { alt: picture.alt, width: picture.width, height: picture.height, loading: at ? 'lazy' : 'eager', decoding: 'async', sizes: '(width < 700px) 100vw, 560px' });
    set(image, picture);
    image.addEventListener('error', askForFresh);
    return image;
  });
  const open = (at) => openLightbox({ pictures, start: at, renew, isStale });
  return [head, h('ul', { class: 'big-photos', data: { testid: 'parent-photos' } }, images.map((image, at) =>
    h('li', {}, h('button', { type: 'button', class: 'big-photo', onclick: () => open(at), data: { testid: `parent-photo-${at + 1}` } }, image)))),
  h('p', { class: 'aside' }, h('a', { href: '/parent/access', data: { testid: 'to-access' } }, t('own_access.heading')))];
}

/** Do two answers have the same photos in the same order? */
function isSamePhotos(one, other) {
  return one.photos.length === other.photos.length && one.photos.every((photo, at) => photo.id === other.photos[at].id);
}

/** The thumbnail on a phone with few pixels, the proof everywhere else. */
function set(image, picture) {
  const longest = Math.max(picture.width, picture.height);
  const width = (side) => Math.round((picture.width * Math.min(side, longest)) / longest);
  image.srcset = `${picture.small} ${width(400)}w, ${picture.src} ${width(1200)}w`;
  image.src = picture.src;
}

/** A link to the other galleries, if there are any. */
async function offerOthers(place) {
  const galleries = await all('/v1/galleries').catch(() => []);
  if (galleries.length > 1) place.append(h('a', { href: '/parent/galleries?all=1', data: { testid: 'other-galleries' } }, t('gallery.others')));
}
