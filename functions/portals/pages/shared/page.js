// The first steps of every page: its language, its texts, its title, the language switch.

import { byId, h } from '/assets/shared/dom.js';
import { choose, language, localize, otherLanguage, t } from '/assets/shared/words.js';

/** Prepares the page. The title is the entry that `<body data-title>` names. */
export function startPage() {
  document.documentElement.lang = language;
  localize(document);
  if (document.body.dataset.title) titled(t(document.body.dataset.title));
  byId('language')?.append(languageSwitch());
}

/** Sets the tab's title: the screen first, so that many tabs can be distinguished. */
export function titled(name) {
  document.title = t('title', { name });
}

function languageSwitch() {
  return h('button', { type: 'button', class: 'quiet', lang: otherLanguage, onclick: () => choose(otherLanguage), data: { testid: 'language' } },
    t('language.other'));
}
