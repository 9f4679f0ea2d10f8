// The page of a mailed invitation. Opening it changes nothing; the button accepts. A new user then chooses a
// password.

import { postOpenly, session } from '/assets/shared/api.js';
import { byId, h, icon, tokenOnce } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { newPassword } from '/assets/shared/password.js';
import { t } from '/assets/shared/words.js';

/** Prepares the page of an invitation to a portal. */
export function invitationPage(portal, lead) {
  startPage();
  const place = byId('screen');
  const token = tokenOnce();
  if (token) ask();
  else over();

  function show(testId, ...children) {
    const part = h('section', { tabindex: -1, data: { testid: testId } }, ...children);
    const isFirst = place.childElementCount === 0;
    place.replaceChildren(part);
    if (!isFirst) part.focus();
  }

  function form(testId, words, ...fields) {
    const element = h('form', { class: 'stack', data: { testid: testId } }, ...fields,
      h('button', { type: 'submit', class: 'primary' }, words));
    onSubmit(element, async ({ password }) => {
      try {
        // A user who signed in through the district accepts for that account.
        if (portal === 'school') await session({ optional: true });
        const { portal: door } = await postOpenly('/v1/invitations/acceptance', password ? { token, password } : { token });
        show('accepted', h('span', { class: 'big-icon' }, icon('check')), h('h1', {}, t('invitation.done')),
          h('p', { class: 'lead' }, t('invitation.done_lead')),
          h('p', {}, h('a', { class: 'button primary wide', href: `/${door}` }, t('by_mail.to_sign_in'))));
      } catch (problem) {
        if (problem.code === 'password_missing') return choose();
        if (problem.code === 'link_used_or_expired') return over();
        throw problem;
      }
    });
    return element;
  }

  function ask() {
    show('invitation', h('h1', {}, t('invitation.heading')), h('p', { class: 'lead' }, t(lead)),
      form('accept-invitation', t('invitation.submit')));
  }

  function choose() {
    show('choose-password', h('h1', {}, t('invitation.heading')), h('p', { class: 'lead' }, t('invitation.new')),
      form('accept-with-password', t('invitation.submit_new'), newPassword('password')));
  }

  function over() {
    show('invitation-over', h('h1', {}, t('invitation.over')), h('p', { class: 'lead' }, t('invitation.over_lead')));
  }
}
