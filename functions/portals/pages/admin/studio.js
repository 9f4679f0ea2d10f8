// One studio: its schools, and the link to its owner's account.

import { get } from '/assets/shared/api.js';
import { byId, h, icon, inAddress } from '/assets/shared/dom.js';
import { screen, skeleton } from '/assets/shared/elements.js';
import { titled } from '/assets/shared/page.js';
import { moment, t } from '/assets/shared/words.js';
import { startAdmin } from '/assets/admin/shell.js';

await startAdmin('studios');
screen(byId('screen'), {
  load: () => get(`/v1/admin/studios/${encodeURIComponent(inAddress('id'))}`, { limit: 200 }),
  draw: (studio) => {
    titled(studio.name);
    const district = new Map(studio.districts.map(({ id, name }) => [id, name]));
    const school = ({ name, district_id: id }) => h('li', { class: 'row' }, h('span', { class: 'row-icon' }, icon('school')),
      h('span', { class: 'row-words' }, h('strong', {}, name), h('span', { class: 'muted small' }, district.get(id))));
    return [
      h('div', { class: 'page-head' },
        h('div', { class: 'page-head-words' },
          h('nav', { class: 'trail', 'aria-label': t('nav.main') }, h('a', { href: '/admin' }, t('studios.heading'))),
          h('h1', {}, studio.name),
          h('p', { class: 'muted' }, t('studios.since', { when: moment(studio.created_at) })),
          h('p', { class: 'muted small' }, t('studio.id', { id: studio.id }))),
        h('div', { class: 'actions' }, h('a', { class: 'button', href: `/admin/person?id=${studio.owner_id}`, data: { testid: 'owner' } }, icon('user'), t('studio.owner')))),
      h('section', { class: 'part' }, h('h2', { class: 'part-title' }, t('studio.schools')),
        studio.schools.items.length ? h('ul', { class: 'rows' }, studio.schools.items.map(school)) : h('p', { class: 'muted' }, t('studio.no_schools'))),
    ];
  },
  bones: skeleton(3, 'row'),
});
