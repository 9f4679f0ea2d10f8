// The heading of a signed-in page: breadcrumb, name, a line below, and actions.

import { h } from '/assets/shared/dom.js';
import { t } from '/assets/shared/words.js';

export function heading({ trail = [], title, line = null, actions = [] }) {
  return h('div', { class: 'page-head' },
    h('div', { class: 'page-head-words' },
      trail.length > 0 && h('nav', { class: 'trail', 'aria-label': t('nav.trail') },
        trail.map(([words, href]) => h('a', { href }, words))),
      h('h1', {}, title),
      line && h('p', { class: 'muted' }, line)),
    actions.length > 0 && h('div', { class: 'actions' }, actions));
}
