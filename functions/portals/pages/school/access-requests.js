// Access requests of families, at a school that requires its approval.

import { post } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { pill, say } from '/assets/shared/elements.js';
import { moment, t } from '/assets/shared/words.js';

/** Does any family need this school's approval? Every family, or only adult students. */
export const asksSchool = (school) => school.parent_access === 'approval' || school.adult_students;

/** Who needs approval, in words. */
export const whoWaits = (school) => t(school.parent_access === 'approval' ? 'requests.lead' : 'requests.lead_students');

const isWaiting = ({ state }) => state === 'requested' || state === 'consented';

/** The waiting requests with their two buttons, or null when none wait. */
export function accessRequests(school, requests) {
  const waiting = requests.filter(isWaiting);
  if (!waiting.length) return null;
  return h('section', { class: 'part', data: { testid: 'access-requests' } },
    h('h2', { class: 'part-title' }, t('requests.heading')),
    h('p', { class: 'muted' }, whoWaits(school)),
    h('ul', { class: 'rows' }, waiting.map((one) => requestRow(school, one))));
}

/** One request. `onDone` is called after the decision. */
export function requestRow(school, request, onDone = () => {}) {
  const answer = async (path, words) => {
    try {
      await post(`/v1/access-requests/${request.id}/${path}`, {});
      element.remove();
      say(words);
      onDone();
    } catch (problem) {
      say(problem.message, 'bad');
    }
  };
  const student = request.class ? t('requests.class', { student: request.student_name, class: request.class }) : request.student_name;
  const element = h('li', { class: 'row', data: { testid: 'request' } },
    h('span', { class: 'row-words long' },
      h('strong', {}, h('bdi', {}, request.email)),
      request.relation === 'student' && h('span', { class: 'small', data: { testid: 'as-student' } }, t('requests.student')),
      h('span', { class: 'muted small' }, t('requests.line', { student: student ?? t('gallery.no_name'), since: moment(request.requested_at) }))),
    request.may_decide
      ? h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'danger', onclick: () => answer('refusal', t('requests.refused')), data: { testid: 'refuse' } }, t('requests.refuse')),
        h('button', { type: 'button', class: 'primary', onclick: () => answer('approval', t('requests.approved')), data: { testid: 'approve' } }, t('requests.approve')))
      : pill(t(whyNot(school, request))));
  return element;
}

/** Why the user cannot decide a waiting request. */
function whyNot(school, { relation }) {
  if (!school.role) return 'requests.school_decides';
  return relation === 'student' && !school.adult_students ? 'requests.closed_to_students' : 'requests.others';
}
