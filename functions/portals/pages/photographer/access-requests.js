// Parents who ask for access, at a school that wants to be asked.

import { post } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { say } from '/assets/shared/elements.js';
import { instant, t } from '/assets/shared/words.js';

/** The waiting requests with their two answers, or nothing when nobody waits. */
export function accessRequests(requests) {
  const waiting = requests.filter((one) => one.state === 'requested' || one.state === 'consented');
  if (!waiting.length) return null;
  return h('section', { class: 'part', data: { testid: 'access-requests' } },
    h('h2', { class: 'part-title' }, t('requests.heading')),
    h('p', { class: 'muted' }, t('requests.lead')),
    h('ul', { class: 'rows' }, waiting.map(row)));
}

function row(request) {
  const answer = async (path, words) => {
    try {
      await post(`/v1/access-requests/${request.id}/${path}`, {});
      element.remove();
      say(words);
    } catch (problem) {
      say(problem.message, 'bad');
    }
  };
  const element = h('li', { class: 'row' },
    h('span', { class: 'row-words' },
      h('strong', {}, h('bdi', {}, request.email)),
      h('span', { class: 'muted small' }, t('requests.line', { student: request.student_name, since: instant(request.requested_at) }))),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'danger', onclick: () => answer('refusal', t('requests.refused')) }, t('requests.refuse')),
      h('button', { type: 'button', class: 'primary', onclick: () => answer('approval', t('requests.approved')) }, t('requests.approve'))));
  return element;
}
