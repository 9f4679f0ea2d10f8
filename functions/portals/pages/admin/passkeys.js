// A site administrator's own passkeys, in a dialog: list, add, remove.

import { get, post, remove } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, say } from '/assets/shared/elements.js';
import { knowsPasskeys, makePasskey } from '/assets/shared/passkeys.js';
import { moment, t } from '/assets/shared/words.js';

const PASSKEYS = '/v1/admin/passkeys';

/** Opens the dialog. */
export async function showPasskeys() {
  try {
    const { items } = await get(PASSKEYS);
    const content = h('div', { class: 'stack' },
      h('p', {}, t(knowsPasskeys ? 'admin.passkeys_text' : 'factors.passkeys_unknown')),
      items.length > 0 && h('ul', { class: 'rows', data: { testid: 'passkeys' } }, items.map(row)),
      knowsPasskeys && addForm());
    const dialog = openDialog(t('factors.passkeys'), content, { testId: 'passkeys-dialog' });
    content.addEventListener('change-of-passkeys', () => {
      dialog.close();
      showPasskeys();
    });
  } catch (problem) {
    say(problem.message, 'bad');
  }
}

/** Reports the change and redraws everything. */
function changed(element, said) {
  say(t(said));
  element.dispatchEvent(new Event('change-of-passkeys', { bubbles: true }));
}

function row({ id, name, added_at: added, last_used_at: used }) {
  const button = h('button', {
    type: 'button', class: 'quiet', 'aria-label': t('factors.passkey_remove_this', { name }), data: { testid: 'remove-passkey' },
    onclick: async () => {
      try {
        await remove(`${PASSKEYS}/${id}`);
        changed(button, 'admin.passkey_removed');
      } catch (problem) {
        say(problem.message, 'bad');
      }
    },
  }, t('factors.passkey_remove'));
  return h('li', { class: 'row', data: { testid: 'passkey' } },
    h('span', { class: 'row-icon' }, icon('key')),
    h('div', { class: 'row-words' }, h('strong', {}, name),
      h('span', { class: 'muted small' }, used ? t('factors.used', { date: moment(added), used: moment(used) }) : t('factors.since', { date: moment(added) }))),
    button);
}

function addForm() {
  const form = h('form', { class: 'stack' },
    field(t('factors.passkey_name'), h('input', { name: 'name', required: true, maxlength: 60, autocomplete: 'off', data: { testid: 'passkey-name' } }), t('factors.passkey_name_help')),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'make-passkey' } }, t('factors.passkey_add')));
  onSubmit(form, async ({ name }) => {
    const { ceremony, options } = await post(PASSKEYS, {});
    const credential = await makePasskey(options);
    await post(`${PASSKEYS}/confirmation`, { ceremony, name, credential });
    changed(form, 'admin.passkey_added');
  });
  return form;
}
