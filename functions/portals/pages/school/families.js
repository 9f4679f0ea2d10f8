// The families with access to a school's students, and the end of an access: for the school and its photographer.

import { all, remove } from '/assets/shared/api.js';
import { calmly, h, icon } from '/assets/shared/dom.js';
import { emptyState, field, pill, screen, skeleton } from '/assets/shared/elements.js';
import { takeAway } from '/assets/shared/take-away.js';
import { byName, moment, t } from '/assets/shared/words.js';

// The delay in milliseconds before a keystroke filters.
const TYPING_MS = 80;

const isIn = ({ state }) => state === 'active' || state === 'approved';
const isEnded = ({ state }) => state === 'ended';

/** A part of a page. A school has many families, so they are requested only on demand. */
export function familiesPart(schoolId) {
  const place = h('div', { id: 'families-list' });
  const show = h('button', { type: 'button', 'aria-controls': place.id, data: { testid: 'show-access' } }, icon('people'), t('families.show'));
  show.addEventListener('click', () => {
    show.remove();
    const again = screen(place, {
      load: () => all(`/v1/schools/${schoolId}/access-requests`),
      draw: (accesses) => families(accesses, () => again()),
      bones: skeleton(3, 'row'),
    });
  });
  return h('section', { class: 'part', data: { testid: 'families-part' } },
    h('div', { class: 'page-head' },
      h('div', { class: 'page-head-words' }, h('h2', { class: 'part-title' }, t('families.heading')), h('p', { class: 'muted' }, t('families.lead'))),
      h('div', { class: 'actions' }, show)),
    place);
}

function families(accesses, again) {
  const sorted = accesses.toSorted((a, b) => byName(studentOf(a), studentOf(b)) || byName(a.email, b.email));
  const [letIn, ended] = [sorted.filter(isIn), sorted.filter(isEnded)];
  const rows = letIn.map((one) => ({ text: `${studentOf(one)} ${one.class ?? ''} ${one.email}`.toLowerCase(), element: accessRow(one, again) }));
  const search = h('input', { type: 'search', autocomplete: 'off', data: { testid: 'family-search' } });
  const filter = () => {
    const wanted = search.value.toLowerCase().split(' ').filter(Boolean);
    for (const { text, element } of rows) element.hidden = !wanted.every((word) => text.includes(word));
  };
  search.addEventListener('input', calmly(TYPING_MS, filter));
  return [
    rows.length
      ? [h('div', { class: 'filters' }, field(t('families.search'), search)),
        h('ul', { class: 'rows', data: { testid: 'families-in' } }, rows.map((row) => row.element))]
      : emptyState({ title: t('families.none'), text: t('families.none_text'), testId: 'no-families' }),
    ended.length > 0 && h('details', { class: 'fold', data: { testid: 'families-ended' } },
      h('summary', {}, t('families.ended', { count: ended.length })),
      h('ul', { class: 'rows' }, ended.map(endedRow))),
  ];
}

const studentOf = (access) => access.student_name ?? t('gallery.no_name');

/** The student of an access, in words. */
function lineOf(access) {
  const student = access.class ? t('requests.class', { student: studentOf(access), class: access.class }) : studentOf(access);
  return t('requests.line', { student, since: moment(access.requested_at) });
}

function words(access, ...more) {
  return h('span', { class: 'row-words long' },
    h('strong', {}, h('bdi', {}, access.email)),
    access.relation === 'student' && h('span', { class: 'small' }, t('families.student')),
    h('span', { class: 'muted small' }, lineOf(access)),
    more);
}

function accessRow(access, again) {
  const names = { email: access.email, student: studentOf(access) };
  const end = () => takeAway({
    heading: t('families.end_heading', names), text: t('families.end_text', names), button: t('families.end'), done: t('families.end_done'), testId: 'end-sure',
    act: () => remove(`/v1/access-requests/${access.id}`), again,
  });
  return h('li', { class: 'row', data: { testid: 'family-in' } },
    words(access),
    pill(t(access.state === 'active' ? 'families.sees' : 'families.consents_first'), access.state === 'active' ? 'good' : 'plain'),
    access.may_end
      ? h('div', { class: 'actions' }, h('button', { type: 'button', class: 'danger', 'aria-label': t('families.end_this', names), onclick: end, data: { testid: 'end-access' } }, t('families.end')))
      : pill(t('requests.others')));
}

function endedRow(access) {
  const when = access.ended_at && h('span', { class: 'muted small' }, t('families.ended_on', { when: moment(access.ended_at) }));
  return h('li', { class: 'row', data: { testid: 'family-ended' } }, words(access, when));
}
