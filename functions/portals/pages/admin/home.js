// All studios, the user's own passkeys, and the invitation of another site administrator.

import { get, post } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { emptyState, field, onSubmit, openDialog, say, screen, skeleton } from '/assets/shared/elements.js';
import { moment, t } from '/assets/shared/words.js';
import { showPasskeys } from '/assets/admin/passkeys.js';
import { startAdmin } from '/assets/admin/shell.js';

await startAdmin('studios');
screen(byId('screen'), {
  load: () => get('/v1/admin/studios'),
  draw: (page) => {
    const invite = h('button', { type: 'button', onclick: inviteOne, data: { testid: 'invite' } }, icon('plus'), t('admin.invite'));
    const passkeys = h('button', { type: 'button', onclick: showPasskeys, data: { testid: 'own-passkeys' } }, icon('key'), t('admin.passkeys'));
    const head = h('div', { class: 'page-head' },
      h('div', { class: 'page-head-words' }, h('h1', {}, t('studios.heading')), h('p', { class: 'muted' }, t('studios.lead'))), h('div', { class: 'actions' }, passkeys, invite));
    if (!page.items.length) return [head, emptyState({ title: t('studios.none'), text: t('studios.none_text') })];
    const list = h('ul', { class: 'rows', data: { testid: 'studios' } }, page.items.map(row));
    return [head, list, page.next_cursor && moreButton(list, page.next_cursor)];
  },
  bones: skeleton(4, 'row'),
});

function row(studio) {
  return h('li', {}, h('a', { class: 'row-link', href: `/admin/studio?id=${studio.id}` },
    h('span', { class: 'row-icon' }, icon('camera')),
    h('span', { class: 'row-words' }, h('strong', {}, studio.name), h('span', { class: 'muted small' }, t('studios.since', { when: moment(studio.created_at) }))),
    icon('on')));
}

function moreButton(list, first) {
  let cursor = first;
  const button = h('button', { type: 'button', onclick: more, data: { testid: 'more' } }, t('more'));
  async function more() {
    button.disabled = true;
    try {
      const page = await get('/v1/admin/studios', { cursor });
      list.append(...page.items.map(row));
      cursor = page.next_cursor;
      button.hidden = !cursor;
    } catch (problem) {
      say(problem.message, 'bad');
    } finally {
      button.disabled = false;
    }
  }
  return button;
}

function inviteOne() {
  const form = h('form', { class: 'stack' },
    h('p', {}, t('admin.invite_text')),
    field(t('field.email'), h('input', { name: 'email', type: 'email', required: true, maxlength: 254, autocomplete: 'off' })),
    h('button', { type: 'submit', class: 'primary' }, t('admin.invite_make')));
  const dialog = openDialog(t('admin.invite'), form);
  onSubmit(form, async ({ email }) => {
    const { link } = await post('/v1/admin/invitations', { email });
    dialog.close();
    openDialog(t('admin.invite'), h('div', { class: 'stack' }, field(t('admin.invite_link'),
      h('input', { class: 'code', readonly: true, value: link, onfocus: (event) => event.target.select(), data: { testid: 'invitation' } }))));
  });
}
