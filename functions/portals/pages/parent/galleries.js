// All galleries of a parent. One gallery opens directly; several children get a row each; ended accesses are listed.

import { all, get } from '/assets/shared/api.js';
import { byId, h, icon, inAddress } from '/assets/shared/dom.js';
import { emptyState, screen, skeleton } from '/assets/shared/elements.js';
import { byName, civilDate, dayOf, t } from '/assets/shared/words.js';
import { accessWords, nameOf } from '/assets/parent/access-words.js';
import { startParent } from '/assets/parent/shell.js';

const COVERS = 4;

await startParent();
screen(byId('screen'), {
  load: async () => {
    const [galleries, accesses] = await Promise.all([all('/v1/galleries'), all('/v1/access-requests')]);
    return {
      galleries: galleries.map((one) => ({ ...one, student_name: one.student_name ?? t('gallery.no_name') })),
      ended: accesses.filter(({ state }) => state === 'ended'),
    };
  },
  draw: ({ galleries, ended }) => {
    const more = [endedPart(ended), h('p', { class: 'aside' }, h('a', { href: '/parent/access', data: { testid: 'to-access' } }, t('own_access.heading')))];
    if (!galleries.length) {
      return [emptyState({ title: t('galleries_parent.none'), text: t('galleries_parent.none_text'), art: '/assets/shared/row.svg', isWhole: true,
        action: h('a', { class: 'button', href: '/parent' }, t('open.code')) }), more];
    }
    if (galleries.length === 1 && !ended.length && !inAddress('all')) {
      location.replace(`/parent/gallery?id=${galleries[0].id}`);
      return [];
    }
    return [h('h1', { class: 'parent-title' }, t('galleries_parent.heading')), children(galleries), more];
  },
  bones: skeleton(2, 'tile'),
});

/** Accesses that the school or its photographer ended: shown here, where the photos were. */
function endedPart(ended) {
  if (!ended.length) return null;
  return h('section', { class: 'part', data: { testid: 'access-ended' } },
    h('h2', { class: 'part-title' }, t('own_access.ended_heading')),
    h('ul', { class: 'rows' }, ended.map((one) => h('li', { class: 'row' },
      h('span', { class: 'row-words long' }, h('strong', {}, h('bdi', {}, nameOf(one))), accessWords(one))))));
}

/** A section per child, newest picture day first. */
function children(galleries) {
  const byStudent = Map.groupBy
    ? Map.groupBy(galleries, (one) => one.student_id)
    : galleries.reduce((map, one) => map.set(one.student_id, [...(map.get(one.student_id) ?? []), one]), new Map());
  return [...byStudent.values()].sort((a, b) => byName(a[0].student_name, b[0].student_name)).map((own) =>
    h('section', { class: 'child' },
      h('h2', {}, h('bdi', {}, own[0].student_name)),
      own.sort((a, b) => b.picture_day.date.localeCompare(a.picture_day.date)).map(row)));
}

function row(gallery) {
  const isOpen = gallery.state === 'published';
  const covers = isOpen && h('span', { class: 'covers', 'aria-hidden': 'true' }, Array.from({ length: COVERS }, () => h('span', { class: 'cover' })));
  if (isOpen) fill(covers, gallery);
  return h('a', { class: isOpen ? 'child-row' : 'child-row over', href: `/parent/gallery?id=${gallery.id}`, data: { testid: `gallery-${gallery.id}` } },
    covers,
    h('span', { class: 'child-words' }, h('strong', {}, t('day.line', { kind: t(`kind.${gallery.picture_day.kind}`), date: civilDate(gallery.picture_day.date) })),
      h('span', { class: 'muted' }, stateWords(gallery))),
    icon('on'));
}

/** The galleries, or why there are none. */
function stateWords(gallery) {
  if (gallery.state === 'expired') return t('gallery.ended_on', { date: dayOf(gallery.expires_at, gallery.picture_day.time_zone) });
  return gallery.state === 'withdrawn' ? t('gallery.taken_back') : t('galleries.photos', { count: gallery.photos_done });
}

async function fill(covers, { id }) {
  const { photos } = await get(`/v1/galleries/${id}`).catch(() => ({ photos: [] }));
  const few = photos.slice(0, COVERS);
  covers.replaceChildren(...few.map((photo) => h('img', { class: 'cover', src: photo.thumbnail_url, alt: '', width: photo.width, height: photo.height })));
}
