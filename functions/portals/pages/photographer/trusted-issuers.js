// The programs of identity providers that the studio's owner trusts: a part of the programs page.

import { get, post, remove } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { emptyState, field, onSubmit, openDialog, say } from '/assets/shared/elements.js';
import { takeAway } from '/assets/shared/take-away.js';
import { moment, t } from '/assets/shared/words.js';
import { scopeFields, scopeName, scopesOf } from '/assets/photographer/scopes.js';

const TRUSTED = '/v1/trusted-issuers';

/** The trusted programs; null for a colleague who does not own the studio, because they may not see them. */
export async function trustedPrograms() {
  try {
    return (await get(TRUSTED)).items;
  } catch (problem) {
    if (problem.code === 'owner_only') return null;
    throw problem;
  }
}

export function trustedPart(items, again) {
  const add = h('button', { type: 'button', onclick: () => trust(again), data: { testid: 'add-trusted' } }, icon('plus'), t('trusted.add'));
  return h('section', { class: 'part', data: { testid: 'trusted-part' } },
    h('div', { class: 'page-head' },
      h('div', { class: 'page-head-words' }, h('h2', { class: 'part-title' }, t('trusted.heading')), h('p', { class: 'muted' }, t('trusted.lead'))),
      items.length > 0 && h('div', { class: 'actions' }, add)),
    items.length
      ? h('ul', { class: 'rows', data: { testid: 'trusted' } }, items.map((one) => row(one, again)))
      : emptyState({ title: t('trusted.none'), text: t('trusted.none_text'), action: add, testId: 'no-trusted' }));
}

function row(one, again) {
  const revoke = h('button', { type: 'button', class: 'quiet', 'aria-label': t('trusted.revoke_this', { name: one.name }), onclick: () => ask(one, again), data: { testid: 'revoke-trusted' } }, t('programs.revoke'));
  return h('li', { class: 'row' },
    h('span', { class: 'row-icon' }, icon('key')),
    h('div', { class: 'row-words long' },
      h('strong', {}, one.name),
      h('span', { class: 'muted small' }, one.issuer),
      h('span', { class: 'muted small' }, `${one.subject} · ${t('trusted.for', { audience: one.audience })}`),
      h('span', { class: 'muted small' }, one.scopes.map(scopeName).join(' · ')),
      h('span', { class: 'muted small' }, t('trusted.since', { when: moment(one.created_at) }))),
    revoke);
}

function trust(again) {
  const words = (name) => field(t(`trusted.${name}`), h('input', { name, required: true, maxlength: 255, autocomplete: 'off', spellcheck: 'false', data: { testid: `trusted-${name}` } }), t(`trusted.${name}_hint`));
  const form = h('form', { class: 'stack' },
    field(t('programs.name'), h('input', { name: 'name', required: true, maxlength: 120, data: { testid: 'trusted-name' } })),
    words('issuer'),
    words('audience'),
    words('subject'),
    scopeFields(),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'save-trusted' } }, t('trusted.save')));
  const dialog = openDialog(t('trusted.add'), form);
  onSubmit(form, async ({ name, issuer, audience, subject }) => {
    await post(TRUSTED, { name, issuer: issuer.trim(), audience: audience.trim(), subject: subject.trim(), scopes: scopesOf(form) });
    dialog.close();
    say(t('trusted.saved'));
    again();
  });
}

function ask(one, again) {
  takeAway({
    heading: t('trusted.revoke_heading', { name: one.name }), text: t('trusted.revoke_text'), button: t('programs.revoke'),
    done: t('trusted.revoked'), testId: 'distrust-sure', act: () => remove(`${TRUSTED}/${one.id}`), again,
  });
}
