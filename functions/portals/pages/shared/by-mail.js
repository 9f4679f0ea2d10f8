// The flows that use e-mail: a code to type, a link to open, a password reset, a new address.

import { post, postOpenly, session, signedIn } from '/assets/shared/api.js';
import { h, icon, tokenOnce } from '/assets/shared/dom.js';
import { field, onSubmit } from '/assets/shared/elements.js';
import { newPassword } from '/assets/shared/password.js';
import { t } from '/assets/shared/words.js';

const form = (testId, submit, ...children) => h('form', { class: 'stack', data: { testid: testId } },
  ...children, h('button', { type: 'submit', class: 'primary' }, submit));
const email = () => field(t('field.email'), h('input', { id: 'email', name: 'email', type: 'email', required: true, maxlength: 254, autocomplete: 'username' }));
const bigIcon = (name) => h('span', { class: 'big-icon' }, icon(name));

/** Replaces one part by another, and lets screen readers announce it. */
function show(place, testId, ...children) {
  const part = h('section', { tabindex: -1, data: { testid: testId } }, ...children);
  const isFirst = place.childElementCount === 0;
  place.replaceChildren(part);
  if (!isFirst) part.focus();
}

/** A form for the address; then `then(address)` shows the next step. */
function askForAddress(place, { testId, heading, lead, submit, path, more = {}, aside = null }, then) {
  const asked = form(testId, t(submit), email());
  onSubmit(asked, async (values) => {
    await postOpenly(path, { ...more, email: values.email });
    then(values.email);
  });
  show(place, `${testId}-part`, h('h1', {}, t(heading)), h('p', { class: 'lead' }, t(lead)), asked, aside);
}

function checkMail(place, address, hint) {
  show(place, 'check-mail', bigIcon('mail'), h('h1', {}, t('check_mail.heading')),
    h('p', { class: 'lead' }, t('by_mail.sent', { email: address })), h('p', { class: 'muted' }, t(hint)));
}

/**
 * Sign-in with six digits: they are mailed, and typed in the same browser. `second` continues when more is needed.
 */
export function codeDoor(place, { portal, next, aside = null, second = null }) {
  askForAddress(place, {
    testId: 'code-request', heading: 'by_mail.code_heading', lead: 'by_mail.code_lead', submit: 'by_mail.code_send',
    path: '/v1/sign-in/code-requests', more: { portal }, aside,
  }, typeCode);

  function typeCode(address) {
    const input = h('input', { id: 'code', name: 'code', class: 'code-input', required: true, maxlength: 12, inputmode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9 \\-]{6,12}' });
    const typed = form('code-entry', t('by_mail.code_submit'), field(t('by_mail.code_label'), input, t('by_mail.code_help')));
    onSubmit(typed, async ({ code }) => {
      const answer = await postOpenly('/v1/sign-in/code', { portal, code });
      if (second && answer.status !== 'signed_in') return second(answer);
      signedIn(answer);
      location.replace(next);
    });
    const again = h('button', { type: 'button', onclick: () => codeDoor(place, { portal, next, aside, second }) }, t('by_mail.code_again'));
    show(place, 'code-part', h('h1', {}, t('check_mail.heading')),
      h('p', { class: 'lead' }, t('by_mail.code_sent', { email: address })), typed, h('p', { class: 'aside' }, again));
    input.focus();
  }
}

/** Requests a sign-in link for a parent or a member of a school's staff with an account. */
export function linkDoor(place, { portal = 'parent', lead = 'by_mail.link_lead', hint = 'by_mail.link_hint', aside = null } = {}) {
  askForAddress(place, {
    testId: 'link-request', heading: 'by_mail.link_heading', lead, submit: 'by_mail.link_send',
    path: '/v1/sign-in/link-requests', more: { portal }, aside,
  }, (address) => checkMail(place, address, hint));
}

/** Requests a password reset. */
export function forgottenPassword(place) {
  askForAddress(place, {
    testId: 'reset-request', heading: 'by_mail.forgotten_heading', lead: 'by_mail.forgotten_lead', submit: 'by_mail.forgotten_send',
    path: '/v1/password-resets',
  }, (address) => checkMail(place, address, 'by_mail.forgotten_hint'));
}

export function linkIsOver(place, again, words) {
  show(place, 'link-over', h('h1', {}, t('by_mail.over')), h('p', { class: 'lead' }, t('by_mail.over_lead')),
    h('p', {}, h('a', { class: 'button primary wide', href: again }, t(words))));
}

function done(place, heading, lead, signIn) {
  show(place, 'done', bigIcon('check'), h('h1', {}, t(heading)), h('p', { class: 'lead' }, t(lead)),
    h('p', {}, h('a', { class: 'button primary wide', href: signIn }, t('by_mail.to_sign_in'))));
}

/** Is the mailed link invalid? Connection errors and invalid input do not count. */
const isOver = (problem) => problem.code === 'link_used_or_expired';

/** The page of a password-reset link: the user chooses a new password. */
export function choosePassword(place, { portal, signIn }) {
  const token = tokenOnce();
  const forgotten = `/${portal}/forgotten`;
  if (!token) return linkIsOver(place, forgotten, 'by_mail.forgotten_send');
  const chosen = form('new-password', t('by_mail.choose_submit'), newPassword('password'));
  onSubmit(chosen, async ({ password }) => {
    try {
      await postOpenly('/v1/password-resets/confirmation', { token, password });
      done(place, 'by_mail.chosen', 'by_mail.chosen_lead', signIn);
    } catch (problem) {
      if (!isOver(problem)) throw problem;
      linkIsOver(place, forgotten, 'by_mail.forgotten_send');
    }
  });
  return show(place, 'choose', h('h1', {}, t('by_mail.choose_heading')), h('p', { class: 'lead' }, t('by_mail.choose_lead')), chosen);
}

/**
 * The page of the link that was mailed to a new address. Opening it changes nothing, because mail scanners open links
 * too. It works only in a session of the account, so that no user can add their address to a foreign account with one
 * press.
 */
export async function confirmAddress(place, { portal, signIn }) {
  const token = tokenOnce();
  const account = `/${portal}/account`;
  if (!token) return linkIsOver(place, account, 'nav.account_page');
  const who = await session({ optional: true }).catch(() => null);
  if (!who) {
    return show(place, 'sign-in-first', bigIcon('mail'), h('h1', {}, t('by_mail.address_heading')),
      h('p', { class: 'lead' }, t('by_mail.address_sign_in')), h('p', {}, h('a', { class: 'button primary wide', href: signIn }, t('by_mail.to_sign_in'))));
  }
  const press = form('confirm-address', t('by_mail.address_submit'));
  onSubmit(press, async () => {
    try {
      await post('/v1/person/email-changes/confirmation', { token });
      done(place, 'by_mail.address_done', 'by_mail.address_done_lead', signIn);
    } catch (problem) {
      if (!isOver(problem)) throw problem;
      linkIsOver(place, account, 'nav.account_page');
    }
  });
  return show(place, 'confirm', bigIcon('mail'), h('h1', {}, t('by_mail.address_heading')), h('p', { class: 'lead' }, t('by_mail.address_lead')), press);
}
