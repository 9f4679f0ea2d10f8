// The API keys of a photographer's programs: created, shown once, revoked. Also the programs of identity providers
// that the studio's owner trusts.

import { get, post, remove } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { copy, emptyState, field, notice, onSubmit, openDialog, screen, skeleton } from '/assets/shared/elements.js';
import { takeAway } from '/assets/shared/take-away.js';
import { moment, t } from '/assets/shared/words.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';
import { scopeFields, scopeName, scopesOf } from '/assets/photographer/scopes.js';
import { trustedPart, trustedPrograms } from '/assets/photographer/trusted-issuers.js';

await startPhotographer('account');
const again = screen(byId('screen'), {
  load: async () => {
    const [{ items }, trusted] = await Promise.all([get('/v1/api-keys'), trustedPrograms()]);
    return { items, trusted };
  },
  draw: ({ items, trusted }) => {
    const add = h('button', { type: 'button', class: 'primary', onclick: newKey, data: { testid: 'add-key' } }, icon('plus'), t('programs.add'));
    const head = heading({ title: t('programs.heading'), line: t('programs.lead'), actions: items.length ? [add] : [] });
    const keys = items.length
      ? h('ul', { class: 'rows', data: { testid: 'keys' } }, items.map(row))
      : emptyState({ title: t('programs.none'), text: t('programs.none_text'), action: add });
    return [head, keys, trusted && trustedPart(trusted, () => again())];
  },
  bones: skeleton(2, 'row'),
});

function row(key) {
  const revoke = h('button', { type: 'button', class: 'quiet', 'aria-label': t('programs.revoke_this', { name: key.name }), onclick: () => ask(key), data: { testid: 'revoke-key' } }, t('programs.revoke'));
  return h('li', { class: 'row' },
    h('span', { class: 'row-icon' }, icon('key')),
    h('div', { class: 'row-words' },
      h('strong', {}, key.name),
      h('span', { class: 'muted small' }, key.scopes.map(scopeName).join(' · ')),
      h('span', { class: 'muted small' }, t('programs.made', { when: moment(key.created_at) }))),
    revoke);
}

function newKey() {
  const form = h('form', { class: 'stack' },
    field(t('programs.name'), h('input', { name: 'name', required: true, maxlength: 120, data: { testid: 'key-name' } }), t('programs.name_hint')),
    scopeFields(),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'make-key' } }, t('programs.make')));
  const dialog = openDialog(t('programs.add'), form);
  onSubmit(form, async ({ name }) => {
    const made = await post('/v1/api-keys', { name, scopes: scopesOf(form) });
    dialog.close();
    show(made);
    again();
  });
}

/** The key itself: it cannot be shown again. */
function show({ name, key }) {
  openDialog(t('programs.made_heading', { name }), h('div', { class: 'stack' },
    notice('warn', t('programs.once')),
    h('input', { class: 'code', readonly: true, value: key, 'aria-label': t('programs.key'), onfocus: (event) => event.target.select(), data: { testid: 'key' } }),
    h('button', { type: 'button', class: 'primary', onclick: () => copy(key, 'programs') }, icon('copy'), t('programs.copy'))));
}

function ask(key) {
  takeAway({
    heading: t('programs.revoke_heading', { name: key.name }), text: t('programs.revoke_text'), button: t('programs.revoke'),
    done: t('programs.revoked'), testId: 'revoke-sure', act: () => remove(`/v1/api-keys/${key.id}`), again,
  });
}
