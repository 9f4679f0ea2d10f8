// How a district's people sign in: its identity provider, and the directory that reports who joined and who left.

import { all, get, post, put, remove } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { copy, emptyState, field, notice, onSubmit, openDialog, say, screen, skeleton } from '/assets/shared/elements.js';
import { takeAway } from '/assets/shared/take-away.js';
import { moment, t } from '/assets/shared/words.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

const KINDS = ['entra', 'google'];

await startPhotographer('schools');
const id = new URLSearchParams(location.search).get('id') ?? '';
const own = `/v1/districts/${encodeURIComponent(id)}`;
const again = screen(byId('screen'), {
  load: async () => {
    try {
      const [districts, signIn, directory] = await Promise.all([all('/v1/districts'), get(`${own}/identity-provider`), get(`${own}/scim-tokens`)]);
      return { name: districts.find((one) => one.id === id)?.name ?? '', signIn, directory };
    } catch (problem) {
      if (problem.code === 'owner_only') return null;
      throw problem;
    }
  },
  draw: (found) => {
    const trail = [[t('schools.heading'), '/photographer/schools']];
    if (!found) return [heading({ trail, title: t('title.district') }), h('p', { data: { testid: 'owner-only' } }, t('studio_staff.owner_only'))];
    return [
      heading({ trail, title: t('district.heading', { name: found.name }), line: t('district.lead') }),
      providerPart(found.signIn),
      directoryPart(found.directory),
    ];
  },
  bones: skeleton(2, 'row'),
});

function providerPart({ provider, redirect_address: redirect, sign_in_address: signIn, domain_record: record }) {
  const set = h('button', { type: 'button', class: provider ? '' : 'primary', onclick: () => setProvider(provider, redirect, record), data: { testid: 'set-provider' } }, t(provider ? 'district.change' : 'district.set'));
  if (!provider) {
    return part('district.provider', emptyState({ title: t('district.no_provider'), text: t('district.no_provider_text'), action: set }));
  }
  const take = h('button', { type: 'button', class: 'quiet', onclick: () => ask('district.remove', () => remove(`${own}/identity-provider`)), data: { testid: 'remove-provider' } }, t('district.remove'));
  return part('district.provider',
    h('ul', { class: 'rows', data: { testid: 'provider' } }, h('li', { class: 'row' },
      h('span', { class: 'row-icon' }, icon('key')),
      h('div', { class: 'row-words' },
        h('strong', {}, t(`district.${provider.kind}`)),
        h('span', { class: 'muted small' }, provider.tenant),
        h('span', { class: 'muted small' }, t('district.for_domains', { domains: provider.domains.join(', ') }))),
      set, take)),
    address('district.sign_in_address', signIn, 'sign-in-address'));
}

function setProvider(provider, redirect, record) {
  const kinds = h('select', { name: 'kind', data: { testid: 'provider-kind' } },
    KINDS.map((kind) => h('option', { value: kind, selected: provider?.kind === kind }, t(`district.${kind}`))));
  const words = (name, text, more) => field(t(`district.${text}`), h('input', { name, required: true, maxlength: 300, autocomplete: 'off', spellcheck: 'false', value: provider?.[name] ?? '', data: { testid: `provider-${name}` }, ...more }), t(`district.${text}_hint`));
  const form = h('form', { class: 'stack' },
    address('district.redirect_address', redirect, 'redirect-address'),
    field(t('district.kind'), kinds),
    words('tenant', 'tenant'),
    words('client_id', 'client_id'),
    words('client_secret', 'client_secret', { type: 'password', value: '' }),
    words('domains', 'domains', { value: provider?.domains.join(', ') ?? '' }),
    address('district.record_name', record.name, 'record-name'),
    address('district.record_value', record.value, 'record-value'),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'save-provider' } }, t('district.save')));
  const dialog = openDialog(t('district.set'), form);
  onSubmit(form, async ({ domains, ...told }) => {
    await put(`${own}/identity-provider`, { ...told, domains: domains.split(/[\s,;]+/).filter(Boolean) });
    dialog.close();
    say(t('district.is_set'));
    again();
  });
}

function directoryPart({ address: place, items }) {
  const make = h('button', { type: 'button', class: items.length ? '' : 'primary', onclick: newToken, data: { testid: 'new-token' } }, t('district.new_token'));
  const row = (token) => h('li', { class: 'row' },
    h('span', { class: 'row-icon' }, icon('key')),
    h('div', { class: 'row-words' },
      h('strong', {}, t('district.token_made', { when: moment(token.created_at) })),
      h('span', { class: 'muted small' }, t('district.token_ends', { when: moment(token.expires_at) }))),
    h('button', { type: 'button', class: 'quiet', onclick: () => ask('district.revoke', () => remove(`${own}/scim-tokens/${token.id}`)), data: { testid: 'revoke-token' } }, t('district.revoke')));
  if (!items.length) {
    return part('district.directory', emptyState({ title: t('district.no_token'), text: t('district.no_token_text'), action: make }));
  }
  return part('district.directory',
    address('district.directory_address', place, 'directory-address'),
    h('ul', { class: 'rows', data: { testid: 'tokens' } }, items.map(row)),
    items.length < 2 && make);
}

/** The token itself: it cannot be shown again. */
async function newToken() {
  try {
    const { token } = await post(`${own}/scim-tokens`, {});
    openDialog(t('district.new_token'), h('div', { class: 'stack' },
      notice('warn', t('district.token_once')),
      address('district.token', token, 'token')));
    again();
  } catch (problem) {
    say(problem.message, 'bad');
  }
}

function part(title, ...content) {
  return h('section', { class: 'part stack' }, h('h2', { class: 'part-title' }, t(title)), content);
}

/** A value to copy into another program's settings. */
function address(label, text, testid) {
  return h('div', { class: 'stack' },
    field(t(label), h('input', { class: 'code', readonly: true, value: text, onfocus: (event) => event.target.select(), data: { testid } }), t(`${label}_hint`)),
    h('button', { type: 'button', class: 'quiet', onclick: () => copy(text, 'programs') }, icon('copy'), t('programs.copy')));
}

function ask(what, act) {
  takeAway({ heading: t(`${what}_heading`), text: t(`${what}_text`), button: t(what), done: t(`${what}_done`), act, again });
}
