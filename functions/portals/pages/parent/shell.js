// The frame of a signed-in parent's page: the name, and the sign-out.

import { showActing } from '/assets/shared/acting.js';
import { session, signOut } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { say } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

/** Prepares the page and returns the session. A parent without consent must consent first. */
export async function startParent({ isConsent = false } = {}) {
  startPage();
  byId('top').append(
    h('a', { class: 'brand', href: '/parent/galleries', 'aria-label': t('brand.photos') },
      h('img', { src: '/assets/shared/icon.svg', alt: '', width: 32, height: 32 }), h('span', {}, t('brand'))),
    h('div', { class: 'top-end' },
      h('a', { class: 'button quiet square', href: '/parent/account', 'aria-label': t('nav.account_page'), data: { testid: 'to-account' } }, icon('user')),
      h('a', { class: 'small', href: '/parent/sessions', data: { testid: 'to-sessions' } }, t('nav.sessions')),
      h('button', { type: 'button', class: 'quiet', onclick: leave, data: { testid: 'sign-out' } }, t('sign_out'))));
  const who = await session();
  showActing(who);
  if (who.consent_needed && !isConsent) {
    location.replace('/parent/consent');
    return new Promise(() => {}); // the page is being left
  }
  return who;
}

async function leave() {
  try {
    await signOut();
    location.assign('/parent');
  } catch (problem) {
    say(problem.message, 'bad');
  }
}
