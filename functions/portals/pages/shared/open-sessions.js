// A person's open sessions: one row per session, each with a button to end it.

import { get, remove } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { emptyState, pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { moment, t } from '/assets/shared/words.js';

/** Draws the sessions into `place`. */
export function openSessions(place) {
  const again = screen(place, {
    load: () => get('/v1/sessions'),
    draw: ({ items }) => {
      const others = items.filter((one) => !one.is_this);
      const endAll = h('button', { type: 'button', onclick: () => end('/v1/sessions', 'sessions.ended_others'), data: { testid: 'end-others' } }, t('sessions.end_others'));
      return [
        h('div', { class: 'page-head' },
          h('div', { class: 'page-head-words' }, h('h1', {}, t('sessions.heading')), h('p', { class: 'muted' }, t('sessions.lead'))),
          others.length > 0 && h('div', { class: 'actions' }, endAll)),
        h('ul', { class: 'rows', data: { testid: 'sessions' } }, items.map(row)),
        others.length === 0 && emptyState({ title: t('sessions.only_this'), text: t('sessions.only_this_text') }),
      ];
    },
    bones: skeleton(3, 'row'),
  });

  async function end(path, said) {
    try {
      await remove(path);
      say(t(said));
    } catch (problem) {
      // It has ended meanwhile, which is the wanted result.
      if (problem.status !== 404) return say(problem.message, 'bad');
    }
    again();
  }

  function row(session) {
    const name = deviceOf(session.user_agent);
    const button = h('button', { type: 'button', class: 'quiet', 'aria-label': t('sessions.end_this', { name }), onclick: () => end(`/v1/sessions/${session.id}`, 'sessions.ended'), data: { testid: 'end-session' } }, t('sessions.end'));
    return h('li', { class: 'row', data: { testid: session.is_this ? 'session-this' : 'session-other' } },
      h('span', { class: 'row-icon' }, icon('user')),
      h('div', { class: 'row-words' },
        h('strong', {}, name),
        h('span', { class: 'muted small' }, t('sessions.line', { portal: t(`sessions.portal_${session.portal}`), address: session.address || t('sessions.nowhere') })),
        h('span', { class: 'muted small' }, t('sessions.times', { opened: moment(session.opened_at), seen: moment(session.last_seen_at) }))),
      session.is_this ? pill(t('sessions.this'), 'good') : button);
  }
}

/** Returns "Firefox, Windows" from a User-Agent text, whose full length is unreadable. */
function deviceOf(agent) {
  const found = (names) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = found([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = found([[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']]);
  if (browser && system) return `${browser}, ${system}`;
  return browser ?? system ?? t('sessions.some_program');
}
