// The frame of a signed-in photographer's page: user, navigation, sign-out.

import { showActing } from '/assets/shared/acting.js';
import { get, onSecondFactorNeeded, session, signOut } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { say } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { stepUp } from '/assets/shared/second-factor.js';
import { t } from '/assets/shared/words.js';

export { heading } from '/assets/shared/heading.js';

/** Prepares the page and returns the session; redirects to the sign-in page when there is none. */
export async function startPhotographer(here) {
  startPage();
  onSecondFactorNeeded(async () => stepUp((await get('/v1/person/second-factors')).methods));
  const top = byId('top');
  top.append(brand(), navigation(here));
  const who = await session();
  showActing(who);
  top.append(account(who));
  return who;
}

function brand() {
  return h('a', { class: 'brand', href: '/photographer', 'aria-label': t('brand.home') },
    h('img', { src: '/assets/shared/icon.svg', alt: '', width: 32, height: 32 }), h('span', {}, t('brand')));
}

function navigation(here) {
  const link = (name, href, words) => h('a', { href, 'aria-current': here === name ? 'page' : null, data: { testid: `nav-${name}` } }, words);
  return h('nav', { class: 'top-nav', 'aria-label': t('nav.name') },
    link('home', '/photographer', t('nav.picture_days')),
    link('schools', '/photographer/schools', t('nav.schools')));
}

function account(who) {
  const menu = h('div', { id: 'account', class: 'menu', popover: 'auto' },
    who.studio && h('p', { class: 'menu-title' }, who.studio.name),
    h('p', { class: 'muted small' }, who.person.email),
    h('p', {}, h('a', { href: '/photographer/account', data: { testid: 'to-account' } }, t('nav.account_page'))),
    h('p', {}, h('a', { href: '/photographer/sessions', data: { testid: 'to-sessions' } }, t('nav.sessions'))),
    h('p', {}, h('a', { href: '/photographer/studio-staff', data: { testid: 'to-studio-staff' } }, t('nav.studio_staff'))),
    h('p', {}, h('a', { href: '/photographer/access-review', data: { testid: 'to-access-review' } }, t('nav.access_review'))),
    h('p', {}, h('a', { href: '/photographer/programs', data: { testid: 'to-programs' } }, t('nav.programs'))),
    h('p', {}, h('a', { href: '/photographer/security', data: { testid: 'to-security' } }, t('nav.account_security'))),
    h('button', { type: 'button', class: 'wide', onclick: leave, data: { testid: 'sign-out' } }, t('sign_out')));
  const opener = h('button', { type: 'button', class: 'quiet square', 'aria-label': t('nav.account'), popovertarget: 'account', data: { testid: 'account' } }, icon('user'));
  return h('div', { class: 'top-end' }, opener, menu);
}

async function leave() {
  try {
    await signOut();
    location.assign('/photographer/sign-in');
  } catch (problem) {
    say(problem.message, 'bad');
  }
}
