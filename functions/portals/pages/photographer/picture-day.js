// A picture day: four steps on one page, each with its state. Uploads continue whichever step is visible.

import { get } from '/assets/shared/api.js';
import { byId, h, icon, inAddress } from '/assets/shared/dom.js';
import { screen, skeleton } from '/assets/shared/elements.js';
import { titled } from '/assets/shared/page.js';
import { civilDate, number, t } from '/assets/shared/words.js';
import { cardsStep } from '/assets/photographer/step-cards.js';
import { galleriesStep } from '/assets/photographer/step-galleries.js';
import { matchStep } from '/assets/photographer/step-match.js';
import { uploadStep } from '/assets/photographer/step-upload.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

const STEPS = [['cards', cardsStep, 'card'], ['upload', uploadStep, 'upload'], ['match', matchStep, 'people'], ['galleries', galleriesStep, 'gallery']];

const id = inAddress('id');
await startPhotographer('home');
screen(byId('screen'), { load: () => get(`/v1/picture-days/${id}`), draw: drawDay, bones: skeleton(6, 'row') });

function drawDay(first) {
  let day = first;
  titled(t('day.title', { school: day.school_name, date: civilDate(day.date) }));
  const figures = h('dl', { class: 'figures-line', data: { testid: 'day-figures' } });
  const links = new Map();
  const steps = new Map();

  const context = {
    get day() { return day; },
    /** Reads the state of the day and shows it; the steps call this after a change. */
    refresh: async () => {
      day = await get(`/v1/picture-days/${id}`).catch(() => day);
      showFigures();
    },
    /** Sets the short status text of a step. */
    tell: (name, words, kind = 'plain') => {
      const line = links.get(name).querySelector('.step-state');
      line.textContent = words;
      line.className = `step-state ${kind}`;
    },
    go: (name) => { location.hash = name; },
  };

  function showFigures() {
    const { students, photos, matched, doubtful, published } = day.counts;
    figures.replaceChildren(...[['students', students], ['photos', photos], ['matched', matched], ['published', published]]
      .map(([name, value]) => h('div', {}, h('dt', {}, t(`day.${name}`)), h('dd', {}, number(value)))));
    context.tell('cards', t('cards.state', { count: students }));
    context.tell('match', photos ? t('of', { part: matched, all: photos }) : '', matched === photos && photos && !doubtful ? 'good' : 'plain');
    context.tell('galleries', day.counts.galleries ? t('of', { part: published, all: day.counts.galleries }) : '', published && published === day.counts.galleries ? 'good' : 'plain');
  }

  const nav = h('nav', { class: 'steps', 'aria-label': t('day.steps') }, h('ol', { class: 'steps-list' }, STEPS.map(([name, , picture]) => {
    const link = h('a', { href: `#${name}`, class: 'step-link', data: { testid: `step-${name}` } },
      icon(picture), h('span', { class: 'step-words' }, h('span', { class: 'step-name' }, t(`step.${name}`)), h('span', { class: 'step-state' })));
    links.set(name, link);
    return h('li', {}, link);
  })));
  const body = h('div', { class: 'step-body' });

  const show = () => {
    const wanted = location.hash.slice(1);
    const name = links.has(wanted) ? wanted : stepOf(day.counts);
    if (!steps.has(name)) {
      const made = STEPS.find(([one]) => one === name)[1](context);
      made.element.id = `step-${name}`;
      made.element.tabIndex = -1;
      steps.set(name, made);
      body.append(made.element);
    }
    for (const [one, link] of links) {
      link.toggleAttribute('aria-current', false);
      if (one === name) link.setAttribute('aria-current', 'step');
    }
    for (const [one, step] of steps) {
      step.element.hidden = one !== name;
      step.inSight?.(one === name);
    }
  };
  window.addEventListener('hashchange', () => {
    show();
    body.querySelector(':scope > :not([hidden])')?.focus({ preventScroll: true });
  });
  showFigures();
  show();
  return [
    heading({ trail: [[t('nav.picture_days'), '/photographer'], [day.school_name, `/photographer/school?id=${day.school_id}`]], title: day.school_name,
      line: t('day.line_zone', { kind: t(`kind.${day.kind}`), date: civilDate(day.date, { dateStyle: 'full' }), zone: day.time_zone.replaceAll('_', ' ') }) }),
    figures,
    h('div', { class: 'day-grid' }, nav, body),
  ];
}

/** The first step to show: the first unfinished one. */
function stepOf({ photos, matched, doubtful, galleries }) {
  if (!photos) return 'cards';
  if ((matched < photos || doubtful) && !galleries) return 'match';
  return 'galleries';
}
