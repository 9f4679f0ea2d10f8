// The season at a glance: every picture day with its bars and its next step.

import { all, get } from '/assets/shared/api.js';
import { byId, h } from '/assets/shared/dom.js';
import { emptyState, meter, screen, skeleton } from '/assets/shared/elements.js';
import { civilDate, t } from '/assets/shared/words.js';
import { planPictureDay } from '/assets/photographer/plan-day.js';
import { addSchool } from '/assets/photographer/add-school.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

// Counts are requested when a day becomes visible, at most this many in parallel.
const AT_ONCE = 3;

await startPhotographer('home');
const place = byId('screen');
screen(place, {
  load: async () => {
    const [days, schools] = await Promise.all([all('/v1/picture-days'), all('/v1/schools')]);
    return { days: days.sort((a, b) => b.date.localeCompare(a.date)), schools };
  },
  draw: ({ days, schools }) => {
    if (!schools.length) return [heading({ title: t('home.heading') }), firstSchool()];
    const plan = h('button', { type: 'button', class: 'primary', onclick: () => planPictureDay(schools), data: { testid: 'plan-day' } }, t('plan.open'));
    if (!days.length) {
      return [heading({ title: t('home.heading') }),
        emptyState({ title: t('home.no_days'), text: t('home.no_days_text'), art: '/assets/shared/row.svg', action: plan })];
    }
    const rows = days.map(dayRow);
    fillInOrder(rows);
    return [heading({ title: t('home.heading'), line: t('home.line', { count: days.length }), actions: [plan] }),
      h('ul', { class: 'days', data: { testid: 'picture-days' } }, rows.map((row) => row.element))];
  },
  bones: skeleton(4, 'row'),
});

function firstSchool() {
  return emptyState({
    title: t('home.no_schools'),
    text: t('home.no_schools_text'),
    art: '/assets/shared/row.svg',
    action: h('button', { type: 'button', class: 'primary', onclick: () => addSchool([]), data: { testid: 'add-school' } }, t('schools.first')),
  });
}

function dayRow(day) {
  const rest = h('div', { class: 'day-rest' }, skeleton(2));
  const element = h('li', { class: 'day', data: { testid: `day-${day.id}` } },
    h('div', { class: 'day-date', 'aria-hidden': 'true' },
      h('span', { class: 'day-month' }, civilDate(day.date, { month: 'short' })),
      h('span', { class: 'day-number' }, civilDate(day.date, { day: 'numeric' })),
      h('span', { class: 'day-year' }, civilDate(day.date, { year: 'numeric' }))),
    h('div', { class: 'day-words' },
      h('h2', {}, h('a', { href: `/photographer/picture-day?id=${day.id}` }, day.school_name)),
      h('p', { class: 'muted' }, t('day.line', { kind: t(`kind.${day.kind}`), date: civilDate(day.date) }))),
    rest);
  return { day, element, rest };
}

async function fillInOrder(rows) {
  const waiting = [...rows];
  const worker = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      const { rest, day } = row;
      try {
        rest.replaceChildren(...bars(await get(`/v1/picture-days/${day.id}`)));
      } catch (problem) {
        rest.replaceChildren(h('p', { class: 'muted small' }, problem.message));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function bars({ id, counts }) {
  const next = nextStep(counts);
  return [
    h('div', { class: 'day-bars' },
      meter(t('home.matched'), counts.matched, counts.photos, t('of', { part: counts.matched, all: counts.photos })),
      meter(t('home.published'), counts.published, counts.galleries, t('of', { part: counts.published, all: counts.galleries }))),
    h('a', { class: next.isDone ? 'button' : 'button primary', href: `/photographer/picture-day?id=${id}#${next.step}` }, next.words),
  ];
}

/** The next step of the day. */
function nextStep({ students, photos, matched, doubtful, galleries, published, galleries_changed: changed, without_gallery: without }) {
  if (!students) return { step: 'cards', words: t('home.next_roster') };
  if (!photos) return { step: 'upload', words: t('home.next_upload') };
  if (!matched || doubtful) return { step: 'match', words: t('home.next_match') };
  if (!galleries || without) return { step: 'galleries', words: t('home.next_galleries') };
  if (changed) return { step: 'galleries', words: t('home.next_changes') };
  if (published < galleries) return { step: 'galleries', words: t('home.next_watch') };
  return { step: 'galleries', words: t('home.next_done'), isDone: true };
}
