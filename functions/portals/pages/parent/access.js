// The accesses of a parent: active, requested and ended; with a button to give one up.

import { all, remove } from '/assets/shared/api.js';
import { byId, h } from '/assets/shared/dom.js';
import { emptyState, screen, skeleton } from '/assets/shared/elements.js';
import { takeAway } from '/assets/shared/take-away.js';
import { byName, t } from '/assets/shared/words.js';
import { accessWords, nameOf } from '/assets/parent/access-words.js';
import { startParent } from '/assets/parent/shell.js';

await startParent();
const again = screen(byId('screen'), {
  load: () => all('/v1/access-requests'),
  draw: (accesses) => {
    const head = [h('h1', {}, t('own_access.heading')), h('p', { class: 'muted' }, t('own_access.lead'))];
    const back = h('p', { class: 'aside' }, h('a', { href: '/parent/galleries?all=1' }, t('gallery.others')));
    if (!accesses.length) {
      return [head, emptyState({ title: t('own_access.none'), text: t('own_access.none_text'), testId: 'no-access', action: h('a', { class: 'button', href: '/parent' }, t('open.code')) })];
    }
    accesses.sort((a, b) => byName(nameOf(a), nameOf(b)));
    return [head, h('ul', { class: 'rows', data: { testid: 'own-access' } }, accesses.map(row)), back];
  },
  bones: skeleton(2, 'row'),
});

function row(access) {
  const isEnded = access.state === 'ended';
  const who = nameOf(access);
  const kind = isEnded ? 'remove' : 'give_up';
  const act = () => takeAway({
    heading: t(`own_access.${kind}_heading`, { who }), text: t(`own_access.${kind}_text`, { who }), button: t(`own_access.${kind}`), done: t(`own_access.${kind}_done`), testId: 'give-up-sure',
    act: () => remove(`/v1/access-requests/${access.id}`), again: () => again(),
  });
  return h('li', { class: 'row', data: { testid: 'own' } },
    h('span', { class: 'row-words long' }, h('strong', {}, h('bdi', {}, who)), accessWords(access)),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: isEnded ? 'quiet' : 'danger', 'aria-label': t(`own_access.${kind}_this`, { who }), onclick: act, data: { testid: isEnded ? 'remove-ended' : 'give-up' } }, t(`own_access.${kind}`))));
}
