// The frame of a signed-in site administrator's page: navigation, sign-out, and the step-up code.

import { onSecondFactorNeeded, post, session, signedIn, signOut } from '/assets/shared/api.js';
import { byId, h } from '/assets/shared/dom.js';
import { openDialog, say } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { factorForm } from '/assets/shared/second-factor.js';
import { t } from '/assets/shared/words.js';

/** Prepares the page and returns the session; redirects to the sign-in page when there is none. */
export async function startAdmin(here) {
  startPage();
  onSecondFactorNeeded(askForCode);
  const link = (name, href, words) => h('a', { href, 'aria-current': here === name ? 'page' : null, data: { testid: `nav-${name}` } }, words);
  byId('top').append(
    h('a', { class: 'brand', href: '/admin', 'aria-label': t('admin.brand') }, h('img', { src: '/assets/shared/icon.svg', alt: '', width: 32, height: 32 }), h('span', {}, t('admin.brand'))),
    h('nav', { class: 'top-nav', 'aria-label': t('nav.main') }, link('studios', '/admin', t('nav.studios')), link('people', '/admin/people', t('nav.people'))),
    h('div', { class: 'top-end' }, h('button', { type: 'button', class: 'quiet', onclick: leave, data: { testid: 'sign-out' } }, t('sign_out'))));
  return session();
}

async function leave() {
  try {
    await signOut();
    location.assign('/admin/sign-in');
  } catch (problem) {
    say(problem.message, 'bad');
  }
}

function askForCode() {
  return new Promise((done) => {
    let isShown = false;
    const form = factorForm(['totp', 'recovery_code'], {
      show: async (shown) => {
        signedIn(await post('/v1/admin/session/step-up', shown));
        isShown = true;
        dialog.close();
      },
    });
    const content = h('div', { class: 'stack' }, h('p', {}, t('admin.step_up')), form);
    const dialog = openDialog(t('step_up.heading'), content, { onClose: () => done(isShown), testId: 'step-up' });
  });
}
