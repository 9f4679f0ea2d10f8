// The sign-in data that users change themselves: the password and the e-mail address; with safety tips.

import { post, put } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { field, onSubmit, say } from '/assets/shared/elements.js';
import { currentPassword, newPassword } from '/assets/shared/password.js';
import { t } from '/assets/shared/words.js';

/** Draws the signed-in user's account into `place`. */
export function accountPage(place, who, portal) {
  place.replaceChildren(
    h('h1', {}, t('account.heading')),
    h('p', { class: 'muted' }, who.person.email),
    part('account.password_heading', 'account.password_lead', passwordForm(portal)),
    part('account.address_heading', 'account.address_lead', addressForm()),
    part('account.tips_heading', 'account.tips_lead', tips()),
    h('p', { class: 'aside' }, h('a', { href: `/${portal}/sessions` }, t('nav.sessions'))));
}

function part(heading, lead, content) {
  return h('section', { class: 'part' }, h('h2', {}, t(heading)), h('p', { class: 'muted' }, t(lead)), content);
}

const submit = (words) => h('button', { type: 'submit', class: 'primary' }, t(words));

function passwordForm(portal) {
  const form = h('form', { class: 'stack', data: { testid: 'change-password' } },
    currentPassword('current'), newPassword('new'), submit('account.password_submit'),
    h('p', { class: 'aside' }, h('a', { href: `/${portal}/forgotten` }, t('account.no_password'))));
  onSubmit(form, async (values) => {
    await put('/v1/person/password', { current: values.current, new: values.new });
    form.reset();
    say(t('account.password_done'));
  });
  return form;
}

function addressForm() {
  const address = h('input', { id: 'email', name: 'email', type: 'email', required: true, maxlength: 254, autocomplete: 'email' });
  const form = h('form', { class: 'stack', data: { testid: 'change-address' } },
    field(t('account.new_address'), address), currentPassword('password'), submit('account.address_submit'));
  onSubmit(form, async ({ email, password }) => {
    await post('/v1/person/email-changes', { email, password });
    form.reset();
    say(t('account.address_done', { email }));
  });
  return form;
}

function tips() {
  return h('ul', { class: 'points', data: { testid: 'tips' } },
    ['long', 'once', 'mailbox', 'share', 'report'].map((name) => h('li', {}, t(`account.tip_${name}`))));
}
