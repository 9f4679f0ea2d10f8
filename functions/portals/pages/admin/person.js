// One person: their data, disabling, enabling, and impersonation.

import { get, post } from '/assets/shared/api.js';
import { because } from '/assets/shared/because.js';
import { byId, h, icon, inAddress } from '/assets/shared/dom.js';
import { pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { startAdmin } from '/assets/admin/shell.js';

await startAdmin('people');
const at = `/v1/admin/people/${encodeURIComponent(inAddress('id'))}`;
const again = screen(byId('screen'), { load: () => get(at), draw, bones: skeleton(3) });

function draw(person) {
  const ways = person.is_disabled ? [switchButton('enable')] : [...person.portals.map(actButton), switchButton('disable')];
  return [
    h('div', { class: 'page-head' },
      h('div', { class: 'page-head-words' },
        h('nav', { class: 'trail', 'aria-label': t('nav.main') }, h('a', { href: '/admin/people' }, t('people.heading'))),
        h('h1', {}, person.email),
        h('p', { class: 'facts' },
          person.is_disabled ? pill(t('person.disabled'), 'warn') : pill(t('person.active'), 'good'),
          pill(t(person.is_verified ? 'person.verified' : 'person.unverified')),
          pill(t(person.has_second_factor ? 'person.second' : 'person.no_second')),
          person.children > 0 && pill(t('person.children', { count: person.children }))),
        h('p', { class: 'muted small' }, t('studio.id', { id: person.id }))),
      h('div', { class: 'actions' }, ways)),
    person.studios.length > 0 && h('section', { class: 'part' }, h('h2', { class: 'part-title' }, t('person.studios')),
      h('ul', { class: 'rows' }, person.studios.map(({ id, role }) => h('li', {}, h('a', { class: 'row-link', href: `/admin/studio?id=${id}` },
        h('span', { class: 'row-icon' }, icon('camera')),
        h('span', { class: 'row-words' }, h('strong', {}, id), h('span', { class: 'muted small' }, t(`person.${role}`))),
        icon('on')))))),
  ];
}

function switchButton(to) {
  const reasons = to === 'disable' ? ['left', 'suspected_theft', 'abuse', 'own_request'] : ['mistake', 'own_request', 'support_case'];
  return h('button', { type: 'button', data: { testid: to }, onclick: () => because({
    title: t(`person.${to}`), text: t(`person.${to}_text`), button: t(`person.${to}`), reasons,
    work: async (reason) => {
      await post(`${at}/${to === 'disable' ? 'disabling' : 'enabling'}`, reason);
      say(t(`person.done_${to}d`));
      again();
    },
  }) }, t(`person.${to}`));
}

function actButton(portal) {
  return h('button', { type: 'button', data: { testid: `act-${portal}` }, onclick: () => because({
    title: t(`person.act_${portal}`), text: t('person.act_text'), button: t('person.act'), reasons: ['support_case', 'own_request', 'suspected_theft', 'abuse'],
    work: async (reason) => {
      const { path } = await post(`${at}/impersonation`, { portal, ...reason });
      location.assign(path);
    },
  }) }, t(`person.act_${portal}`));
}
