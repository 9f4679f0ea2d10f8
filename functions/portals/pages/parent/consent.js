// The consent page: three plain sentences, the full text folded, one button.

import { get, post } from '/assets/shared/api.js';
import { byId, h } from '/assets/shared/dom.js';
import { onSubmit, screen } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { startParent } from '/assets/parent/shell.js';

await startParent({ isConsent: true });
screen(byId('screen'), {
  load: () => get('/v1/consents/current'),
  draw: (consent) => {
    if (consent.accepted) {
      location.replace('/parent/galleries');
      return [];
    }
    const form = h('form', { class: 'stack' },
      h('button', { type: 'submit', class: 'primary', data: { testid: 'accept' } }, t('consent.accept')),
      h('p', { class: 'muted small' }, t('consent.decline')));
    onSubmit(form, async () => {
      await post('/v1/consents', { document: consent.document, version: consent.version });
      location.replace('/parent/galleries');
    });
    return [
      h('h1', {}, t('consent.heading')),
      h('ul', { class: 'points' }, ['consent.yours', 'consent.only', 'consent.stop'].map((name) => h('li', {}, t(name)))),
      h('details', { class: 'fold', data: { testid: 'consent-text' } },
        h('summary', {}, t('consent.full')),
        h('div', { class: 'legal', lang: 'en' }, h('h2', {}, consent.title), consent.text.map((paragraph) => h('p', {}, paragraph)),
          h('p', { class: 'muted small' }, t('consent.version', { version: consent.version })))),
      form,
    ];
  },
});
