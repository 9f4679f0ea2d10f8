// The frame of a signed-in page of a school: user, school, navigation, sign-out.

import { showActing } from '/assets/shared/acting.js';
import { all, get, onSecondFactorNeeded, session, signOut } from '/assets/shared/api.js';
import { byId, h, icon, inAddress } from '/assets/shared/dom.js';
import { emptyState, say } from '/assets/shared/elements.js';
import { heading } from '/assets/shared/heading.js';
import { startPage } from '/assets/shared/page.js';
import { stepUp } from '/assets/shared/second-factor.js';
import { byName, t } from '/assets/shared/words.js';

/**
 * Prepares the page. Returns the session, the user's schools, and the school of this page: the one in the URL, or the
 * first. Redirects to the sign-in page when there is no session.
 */
export async function startSchool(here) {
  startPage();
  onSecondFactorNeeded(async () => stepUp((await get('/v1/person/second-factors')).methods));
  const top = byId('top');
  top.append(h('a', { class: 'brand', href: '/school', 'aria-label': t('brand.school') },
    h('img', { src: '/assets/shared/icon.svg', alt: '', width: 32, height: 32 }), h('span', {}, t('brand'))));
  const who = await session();
  showActing(who);
  const schools = (await all('/v1/schools')).sort((a, b) => byName(a.name, b.name));
  const named = inAddress('id');
  const school = schools.find((one) => one.id === named) ?? schools[0] ?? null;
  if (school) top.append(navigation(here, school));
  // During an impersonation the account's own pages are hidden; the banner is the way out.
  if (!who.acting) top.append(account(who));
  return { who, schools, school };
}

export const isAdministrator = (school) => school.role === 'administrator';

/** The page of a user who belongs to no school. */
export function noSchool() {
  return [heading({ title: t('school_home.heading') }),
    emptyState({ title: t('school_home.none'), text: t('school_home.none_text'), art: '/assets/shared/row.svg', testId: 'no-school' })];
}

function navigation(here, school) {
  const link = (name, words) => h('a', {
    href: `/school/${name}?id=${school.id}`, 'aria-current': here === name ? 'page' : null, data: { testid: `nav-${name}` },
  }, words);
  return h('nav', { class: 'top-nav', 'aria-label': t('nav.name') },
    link('students', t('nav.students')),
    link('requests', t('nav.requests')),
    isAdministrator(school) && link('staff', t('nav.staff')));
}

function account(who) {
  const to = (page, words) => h('p', {}, h('a', { href: `/school/${page}`, data: { testid: `to-${page}` } }, words));
  const menu = h('div', { id: 'account', class: 'menu', popover: 'auto' },
    h('p', { class: 'muted small' }, who.person.email),
    to('account', t('nav.account_page')), to('sessions', t('nav.sessions')), to('security', t('nav.account_security')),
    h('button', { type: 'button', class: 'wide', onclick: leave, data: { testid: 'sign-out' } }, t('sign_out')));
  const opener = h('button', { type: 'button', class: 'quiet square', 'aria-label': t('nav.account'), popovertarget: 'account', data: { testid: 'account' } }, icon('user'));
  return h('div', { class: 'top-end' }, opener, menu);
}

async function leave() {
  try {
    await signOut();
    location.assign('/school/sign-in');
  } catch (problem) {
    say(problem.message, 'bad');
  }
}
