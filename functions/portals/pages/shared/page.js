// What every page does first: its language, its words, its title, the language switch.

import { byId, h } from '/assets/shared/dom.js';
import { choose, language, localize, otherLanguage, t } from '/assets/shared/words.js';

/** Readies the page. The title is the entry named by `<body data-title>`. */
export function startPage() {
  document.documentElement.lang = language;
  localize(document);
  if (document.body.dataset.title) titled(t(document.body.dataset.title));
  byId('language')?.append(languageSwitch());
}

/** Names the tab: the screen first, so that many tabs can be told apart. */
export function titled(name) {
  document.title = t('title', { name });
}

function languageSwitch() {
  return h('button', { type: 'button', class: 'quiet', lang: otherLanguage, onclick: () => choose(otherLanguage), data: { testid: 'language' } },
    t('language.other'));
}
