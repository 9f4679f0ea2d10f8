// Step 4: build the galleries, watch the progress, publish changes, hand out the codes.

import { all } from '/assets/shared/api.js';
import { calmly, h, icon, patience } from '/assets/shared/dom.js';
import { emptyState, field, meter, notice, say, screen, skeleton } from '/assets/shared/elements.js';
import { byName, t } from '/assets/shared/words.js';
import { askToBuild, build, todayAt } from '/assets/photographer/build-dialog.js';
import { MOVES, galleryRow } from '/assets/photographer/gallery-row.js';
import { offerLetters } from '/assets/photographer/share-codes.js';

/** Galleries with unpublished changes that one press can publish. An expired gallery needs a new date first. */
const isToPublish = (one) => one.changed && !MOVES.has(one.state) && one.state !== 'expired';

export function galleriesStep(context) {
  const { day, refresh } = context;
  const place = h('div');
  const element = h('section', { 'aria-labelledby': 'galleries-title' },
    h('h2', { id: 'galleries-title' }, t('galleries.heading')),
    h('p', { class: 'lead' }, t('galleries.lead')),
    place);
  let isShown = false;
  let again = null;

  const load = async () => {
    const [galleries] = await Promise.all([all('/v1/galleries', { picture_day: day.id }), refresh()]);
    return galleries.map((one) => ({ ...one, student_name: one.student_name ?? t('gallery.no_name') }));
  };
  // A count of the day, not of its galleries: a student whose photos are all held back has no gallery.
  const ofDay = () => [withoutGalleryLine(context.day.counts.without_gallery), heldBackLine(context.day.counts.held_back)];

  /** Shows what was started and what was left out. */
  async function started(answer) {
    const more = [
      answer.photos_held_back && t('galleries.started_held_back', { count: answer.photos_held_back }),
      answer.ended && t('galleries.started_ended', { count: answer.ended }),
    ].filter(Boolean);
    say([t('galleries.started'), ...more].join(' '), more.length ? 'warn' : 'good');
    await again();
  }

  async function press(button, what) {
    button.setAttribute('aria-busy', 'true');
    try {
      await started(await build(day, what));
    } catch (problem) {
      say(problem.message, 'bad');
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  const work = {
    publish: (gallery, button) => press(button, { ids: [gallery.id] }),
    again: (gallery) => askToBuild(day, [], started, { only: [gallery] }),
  };

  function firstBuild() {
    const until = h('input', { type: 'date', min: todayAt(day.time_zone), data: { testid: 'first-end' } });
    const button = h('button', { type: 'button', class: 'primary', data: { testid: 'build' } }, icon('gallery'), t('galleries.build'));
    button.addEventListener('click', () => press(button, { end: until.value || undefined }));
    const hasPhotos = context.day.counts.matched > 0;
    return emptyState({
      title: t('galleries.none'), text: t(hasPhotos ? 'galleries.none_text' : 'galleries.none_matched'), art: '/assets/shared/row.svg', testId: 'no-galleries',
      action: hasPhotos
        ? h('div', { class: 'stack first-build' }, heldBackLine(context.day.counts.held_back), field(t('build.first_until'), until, t('build.first_until_help')), button)
        : button,
    });
  }

  function draw(first) {
    if (!first.length) return firstBuild();
    const view = list(day, work, (ids, button) => press(button, { ids }), ofDay);
    const buildButton = h('button', { type: 'button', onclick: () => askToBuild(day, view.galleries(), started, { fresh: context.day.counts.without_gallery }), data: { testid: 'build' } }, icon('gallery'), t('galleries.rebuild'));
    view.show(first);
    follow(first, view);
    return [
      h('div', { class: 'galleries-head' }, view.overall,
        h('div', { class: 'actions' }, buildButton,
          h('button', { type: 'button', class: 'primary', onclick: () => offerLetters(day, view.published()), data: { testid: 'letters' } }, icon('print'), t('codes.letters')))),
      view.decisions, view.filter, view.element,
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

/** The pending decisions, with one button for all of them. */
function decisionLines(galleries, publishAll, ofDay) {
  const changed = galleries.filter(isToPublish);
  const ended = galleries.filter((one) => one.state === 'expired').length;
  const button = h('button', { type: 'button', class: 'primary', data: { testid: 'publish-changes' } }, t('galleries.publish_changes', { count: changed.length }));
  button.addEventListener('click', () => publishAll(changed.map((one) => one.id), button));
  return [
    changed.length > 0 && notice('warn', h('p', {}, h('strong', {}, t('galleries.changed', { count: changed.length }))), h('p', {}, t('galleries.changed_text')), button),
    ...ofDay(),
    ended > 0 && notice('info', h('p', {}, t('galleries.some_ended', { count: ended }))),
  ].filter(Boolean);
}

/** The number of students added after the last build; null if there are none. */
function withoutGalleryLine(count) {
  return count > 0 ? notice('warn', h('p', { data: { testid: 'without-gallery' } }, t('galleries.without', { count }))) : null;
}

/** The number of photos that wait for a check, with a link to them; null if there are none. */
function heldBackLine(count) {
  return count > 0 ? notice('info', h('p', {}, t('galleries.held_back', { count }), ' ', h('a', { href: '#match' }, t('gallery.to_match')))) : null;
}

function list(day, work, publishAll, ofDay) {
  const element = h('ul', { class: 'rows galleries', data: { testid: 'galleries' } });
  const overall = h('div', { class: 'galleries-overall', role: 'status' });
  const decisions = h('div', { class: 'galleries-decisions' });
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
    decisions.replaceChildren(...decisionLines(galleries, publishAll, ofDay));
    for (const gallery of [...galleries].sort((a, b) => byName(a.student_name, b.student_name))) {
      const entry = rows.get(gallery.id) ?? galleryRow(day, gallery, work);
      if (!rows.has(gallery.id)) element.append(entry.row);
      rows.set(gallery.id, entry);
      entry.fill(gallery);
    }
    filterRows();
  }

  return {
    element, overall, decisions, filter, show,
    galleries: () => galleries,
    published: () => galleries.filter((one) => one.state === 'published'),
    isThere: () => {
      wasThere ||= element.isConnected;
      return element.isConnected || !wasThere;
    },
  };
}
