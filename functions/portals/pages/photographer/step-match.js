// Step 3: students without photos, photos without a student, and runs that need a decision.

import { all, get } from '/assets/shared/api.js';
import { h, patience } from '/assets/shared/dom.js';
import { notice, screen, skeleton } from '/assets/shared/elements.js';
import { byName, byStudent, number, t } from '/assets/shared/words.js';
import { allPhotos } from '/assets/photographer/match-photos.js';
import { doubtfulRuns } from '/assets/photographer/match-runs.js';
import { unmatchedTray } from '/assets/photographer/match-tray.js';
import { reasonOf } from '/assets/photographer/reasons.js';
import { fullName, studentPickers } from '/assets/photographer/student-picker.js';

export function matchStep(context) {
  const { day } = context;
  const place = h('div');
  const element = h('section', { 'aria-labelledby': 'match-title' },
    h('h2', { id: 'match-title' }, t('match.heading')),
    h('p', { class: 'lead' }, t('match.lead')),
    place);

  const doubtful = () => all(`/v1/picture-days/${day.id}/runs`, { state: 'doubtful' });
  let drawn = '';
  const load = async () => {
    const [view, students, runs] = await Promise.all([
      lacks(day),
      all(`/v1/schools/${day.school_id}/students`),
      doubtful(),
    ]);
    drawn = markOf(runs);
    return { view, students, runs };
  };
  let again = null;
  let turn = 0;
  const renewed = () => {
    context.refresh();
    again?.();
    rematched();
  };
  /** Shows a decision at once; its effect on the runs appears after the camera is matched again. */
  async function rematched() {
    const own = (turn += 1);
    const wait = patience();
    let before = null;
    for (;;) {
      await wait();
      await context.refresh();
      const now = await doubtful().then(markOf, () => null);
      if (own !== turn || !element.isConnected) return;
      // Redrawn only when something differs: the user may be choosing photos now.
      if (now && now !== drawn) again?.();
      // The runs may have been read while their matches were being written: two equal reads are needed.
      if (!context.day.counts.cameras_to_match && now === before) return;
      before = now;
    }
  }
  const draw = ({ view, students, runs }) => {
    if (!view.counts.photos && !view.refused.length) return nothingYet(context);
    const pickers = studentPickers(students);
    const names = new Map(students.map((student) => [student.id, fullName(student)]));
    return [pickers.list, figures(view), doubtfulRuns({ runs, names, pickers, changed: renewed }), needs(view, pickers, renewed, runs), lists(view, students), allPhotos({ day, pickers, students, changed: renewed })];
  };

  return {
    element,
    inSight: (isShown) => {
      if (!isShown) return;
      if (again) again();
      else again = screen(place, { load, draw, bones: skeleton(8, 'tile') });
    },
  };
}

const LISTS = ['students_without_photo', 'unmatched', 'cards_without_photos', 'unreadable_cards', 'foreign_cards', 'refused', 'not_arrived'];

/** What a day lacks: the first page of every list at once, the rest of a long list page by page. */
async function lacks(day) {
  const path = `/v1/picture-days/${day.id}/reconciliation`;
  const view = await get(path, { limit: 200 });
  const long = LISTS.filter((list) => view.counts[list] > view[list].length);
  await Promise.all(long.map(async (list) => {
    view[list] = await all(path, { list });
  }));
  return view;
}

/** The displayed data of the runs, for detecting changes. */
const markOf = (runs) => JSON.stringify(runs.map(({ id, reasons, photos }) => [id, reasons.map(({ code }) => code), photos.map((photo) => photo.id)]));

function nothingYet({ go }) {
  return h('div', { class: 'empty' }, h('h3', {}, t('match.nothing')), h('p', {}, t('match.nothing_text')),
    h('button', { type: 'button', class: 'primary', onclick: () => go('upload') }, t('match.to_upload')));
}

function figures({ counts, cards_seen: cardsSeen }) {
  const figure = (name, value) => h('div', {}, h('dt', {}, t(`match.${name}`)), h('dd', {}, value));
  return h('dl', { class: 'figures-line sunk', data: { testid: 'match-figures' } },
    figure('photographed', t('of', { part: counts.photographed, all: counts.students })),
    figure('unmatched', number(counts.unmatched)),
    figure('cards_seen', number(cardsSeen)));
}

function needs(view, pickers, changed, runs) {
  if (view.unmatched.length) return unmatchedTray(view.unmatched, pickers, changed);
  return runs.length ? null : notice('good', t('match.all_matched'));
}

function lists(view, students) {
  const byId = new Map(students.map((one) => [one.id, one]));
  const part = (name, items, line) => items?.length > 0 && h('details', { class: 'fold', data: { testid: `match-${name}` } },
    h('summary', {}, t(`match.${name}_count`, { count: items.length })),
    h('p', { class: 'muted' }, t(`match.${name}_text`)),
    h('ul', { class: 'columns-list' }, items.map((item) => h('li', {}, line(item)))));
  const student = (one) => [h('bdi', {}, fullName(one)), one.class && h('span', { class: 'muted small' }, h('bdi', {}, one.class))];
  const photo = (one) => [h('bdi', {}, one.name), h('span', { class: 'muted small' }, one.camera)];
  const card = (one) => {
    const whose = byId.get(one.student_id);
    return [h('bdi', {}, whose ? fullName(whose) : t('match.spare_card')), h('span', { class: 'muted small figures' }, one.code)];
  };
  const missing = [...view.students_without_photo].sort((a, b) => byName(a.class ?? '', b.class ?? '') || byStudent(a, b));
  return h('div', { class: 'folds' },
    part('missing', missing, student),
    part('empty_cards', view.cards_without_photos, card),
    part('unreadable', view.unreadable_cards, photo),
    part('foreign', view.foreign_cards, photo),
    part('not_arrived', view.not_arrived, photo),
    part('refused', view.refused, (one) => [h('bdi', {}, one.name), h('span', { class: 'small bad-text' }, reasonOf(one.reason, one.reason_text))]));
}
