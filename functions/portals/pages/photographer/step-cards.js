// Step 1: the cards to print, one per student and spares for unlisted students.

import { get } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { notice, say } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

// A blob's URL is released after this time: by then the print view has loaded it.
const BLOB_LIVES_MS = 60_000;

export function cardsStep({ day, go }) {
  const { students } = day.counts;
  const paper = (size, kind) => h('button', { type: 'button', class: kind, onclick: (event) => print(day.id, size, event.currentTarget), data: { testid: `cards-${size}` } },
    icon('print'), t(`cards.${size}`));
  const element = h('section', { 'aria-labelledby': 'cards-title' },
    h('h2', { id: 'cards-title' }, t('cards.heading')),
    h('p', { class: 'lead' }, t('cards.lead')),
    students ? null : notice('warn', h('p', {}, t('cards.no_students')),
      h('a', { class: 'button', href: `/photographer/import?school=${day.school_id}` }, t('school.import'))),
    h('div', { class: 'actions start' }, paper('letter', 'primary'), paper('a4', null)),
    h('ol', { class: 'how' }, ['cards.how_print', 'cards.how_shoot', 'cards.how_next'].map((name) => h('li', {}, t(name)))),
    h('p', { class: 'aside' }, h('button', { type: 'button', onclick: () => go('upload') }, t('cards.to_upload'))));
  return { element };
}

async function print(id, paper, button) {
  button.setAttribute('aria-busy', 'true');
  try {
    const pdf = await get(`/v1/picture-days/${id}/camera-cards`, { paper }, { accept: 'application/pdf' });
    const address = URL.createObjectURL(pdf);
    h('a', { href: address, download: `camera-cards-${paper}.pdf` }).click();
    setTimeout(() => URL.revokeObjectURL(address), BLOB_LIVES_MS);
    say(t('cards.saved'));
  } catch (problem) {
    say(problem.message, 'bad');
  } finally {
    button.removeAttribute('aria-busy');
  }
}
