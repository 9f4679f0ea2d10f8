// Step 4: build the galleries, watch them, hand out the codes.

import { all, post } from '/assets/shared/api.js';
import { calmly, h, icon, patience } from '/assets/shared/dom.js';
import { emptyState, field, meter, pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { byName, instant, t } from '/assets/shared/words.js';
import { offerCodes, offerLetters } from '/assets/photographer/share-codes.js';

const KIND = { draft: 'plain', building: 'info', published: 'good', expired: 'warn', withdrawn: 'warn' };
const MOVES = new Set(['draft', 'building']);

export function galleriesStep(context) {
  const { day, refresh } = context;
  const place = h('div');
  const element = h('section', { 'aria-labelledby': 'galleries-title' },
    h('h2', { id: 'galleries-title' }, t('galleries.heading')),
    h('p', { class: 'lead' }, t('galleries.lead')),
    place);
  let isShown = false;
  let again = null;

  const load = async () => (await all('/v1/galleries', { picture_day: day.id }))
    .map((one) => ({ ...one, student_name: one.student_name ?? t('gallery.no_name') }));

  async function build(button) {
    button.setAttribute('aria-busy', 'true');
    try {
      await post(`/v1/picture-days/${day.id}/galleries`, { target: 'hosted' });
      say(t('galleries.started'));
      await again();
      refresh();
    } catch (problem) {
      say(problem.message, 'bad');
      button.removeAttribute('aria-busy');
    }
  }

  function draw(first) {
    const buildButton = h('button', { type: 'button', class: first.length ? null : 'primary', data: { testid: 'build' } }, icon('gallery'), t(first.length ? 'galleries.rebuild' : 'galleries.build'));
    buildButton.addEventListener('click', () => build(buildButton));
    if (!first.length) {
      return emptyState({ title: t('galleries.none'), text: t(context.day.counts.matched ? 'galleries.none_text' : 'galleries.none_matched'), art: '/assets/shared/row.svg', action: buildButton, testId: 'no-galleries' });
    }
    const view = list(day);
    view.show(first);
    follow(first, view);
    return [
      h('div', { class: 'galleries-head' }, view.overall,
        h('div', { class: 'actions' }, buildButton,
          h('button', { type: 'button', class: 'primary', onclick: () => offerLetters(day, view.published()), data: { testid: 'letters' } }, icon('print'), t('codes.letters')))),
      view.filter, view.element,
    ];
  }

  async function follow(first, view) {
    let galleries = first;
    const wait = patience();
    while (isShown && view.isThere() && galleries.some((one) => MOVES.has(one.state))) {
      await wait();
      if (document.hidden) continue;
      galleries = await load().catch(() => galleries);
      view.show(galleries);
      refresh();
    }
  }

  return {
    element,
    inSight: (shown) => {
      isShown = shown;
      if (!shown) return;
      if (again) again();
      else again = screen(place, { load, draw, bones: skeleton(6, 'row') });
    },
  };
}

function list(day) {
  const element = h('ul', { class: 'rows galleries', data: { testid: 'galleries' } });
  const overall = h('div', { class: 'galleries-overall', role: 'status' });
  const search = h('input', { type: 'search', autocomplete: 'off', data: { testid: 'gallery-search' } });
  const filter = h('div', { class: 'filters' }, field(t('galleries.search'), search));
  const rows = new Map();
  let galleries = [];
  let wasThere = false;

  const filterRows = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const { gallery, row } of rows.values()) row.hidden = !gallery.student_name.toLowerCase().includes(wanted);
  };
  search.addEventListener('input', calmly(80, filterRows));

  function show(next) {
    galleries = next;
    const published = galleries.filter((one) => one.state === 'published').length;
    overall.replaceChildren(meter(t('galleries.published'), published, galleries.length, t('of', { part: published, all: galleries.length })));
    for (const gallery of [...galleries].sort((a, b) => byName(a.student_name, b.student_name))) {
      const entry = rows.get(gallery.id) ?? galleryRow(day, gallery);
      if (!rows.has(gallery.id)) element.append(entry.row);
      rows.set(gallery.id, entry);
      entry.fill(gallery);
    }
    filterRows();
  }

  return {
    element, overall, filter, show,
    published: () => galleries.filter((one) => one.state === 'published'),
    isThere: () => {
      wasThere ||= element.isConnected;
      return element.isConnected || !wasThere;
    },
  };
}

function galleryRow(day, first) {
  const name = h('a', { href: `/photographer/gallery?id=${first.id}` }, h('bdi', {}, first.student_name));
  const state = h('span');
  const bar = h('progress', { value: 0, max: 1 });
  const words = h('span', { class: 'muted small figures' });
  const code = h('button', { type: 'button', onclick: () => offerCodes(day, entry.gallery), data: { testid: 'share-code' } }, icon('key'), t('codes.one'));
  const row = h('li', { class: 'row gallery-row', data: { testid: `gallery-${first.id}` } },
    h('div', { class: 'row-words' }, h('strong', {}, name), h('div', { class: 'gallery-progress' }, bar, words)), state, code);
  const entry = { gallery: first, row, fill };

  function fill(gallery) {
    entry.gallery = gallery;
    row.dataset.state = gallery.state;
    state.replaceChildren(pill(t(`gallery_state.${gallery.state}`), KIND[gallery.state]));
    bar.hidden = !MOVES.has(gallery.state);
    bar.max = Math.max(gallery.photos_total, 1);
    bar.value = gallery.photos_done;
    bar.setAttribute('aria-label', t('galleries.progress_of', { name: gallery.student_name }));
    words.textContent = MOVES.has(gallery.state)
      ? t('galleries.progress', { part: gallery.photos_done, all: gallery.photos_total })
      : gallery.expires_at
        ? t('galleries.photos_until', { count: gallery.photos_done, until: instant(gallery.expires_at, day.time_zone) })
        : t('galleries.photos', { count: gallery.photos_done });
  }
  return entry;
}
