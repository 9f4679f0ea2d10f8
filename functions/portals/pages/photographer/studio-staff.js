// The staff of the studio: its owner invites and removes.

import { all, post } from '/assets/shared/api.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { emptyState, field, onSubmit, openDialog, say, screen, skeleton } from '/assets/shared/elements.js';
import { byName, t } from '/assets/shared/words.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';
import { askToRemove, invitationRow } from '/assets/school/staff-part.js';

const STAFF = '/v1/studio/staff';
const INVITATIONS = '/v1/studio/staff-invitations';

await startPhotographer('account');
const again = screen(byId('screen'), {
  load: async () => {
    try {
      const [members, invitations] = await Promise.all([all(STAFF), all(INVITATIONS)]);
      return { members: members.sort((a, b) => byName(a.email, b.email)), invitations };
    } catch (problem) {
      // A colleague who does not own the studio gets a message: this is no error.
      if (problem.code === 'owner_only') return null;
      throw problem;
    }
  },
  draw: (found) => {
    const title = t('studio_staff.heading');
    if (!found) return [heading({ title }), h('p', { data: { testid: 'owner-only' } }, t('studio_staff.owner_only'))];
    const { members, invitations } = found;
    const add = h('button', { type: 'button', class: 'primary', onclick: invite, data: { testid: 'invite-colleague' } }, icon('plus'), t('staff.invite'));
    const isEmpty = members.length + invitations.length === 0;
    const head = heading({ title, line: t('studio_staff.lead'), actions: isEmpty ? [] : [add] });
    if (isEmpty) return [head, emptyState({ title: t('studio_staff.none'), text: t('studio_staff.none_text'), action: add, testId: 'no-colleagues' })];
    return [head, h('ul', { class: 'rows', data: { testid: 'colleagues' } },
      members.map(memberRow),
      invitations.map((one) => invitationRow(`${INVITATIONS}/${one.id}`, one, null, () => again())))];
  },
  bones: skeleton(2, 'row'),
});

function memberRow(member) {
  const ask = () => askToRemove(`${STAFF}/${member.person_id}`, member.email, t('studio_staff.remove_text'), () => again());
  return h('li', { class: 'row', data: { testid: 'colleague' } },
    h('span', { class: 'row-icon' }, icon('user')),
    h('span', { class: 'row-words long' }, h('strong', {}, h('bdi', {}, member.email))),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'danger', 'aria-label': t('staff.remove_this', { email: member.email }), onclick: ask, data: { testid: 'remove-colleague' } }, t('staff.remove'))));
}

function invite() {
  const form = h('form', { class: 'stack' },
    field(t('field.email'), h('input', { name: 'email', type: 'email', required: true, maxlength: 254, autocomplete: 'off', data: { testid: 'colleague-email' } }), t('staff.email_help')),
    h('button', { type: 'submit', class: 'primary' }, t('staff.invite_submit')));
  const dialog = openDialog(t('staff.invite'), form, { testId: 'invite-dialog' });
  onSubmit(form, async ({ email }) => {
    await post(INVITATIONS, { email });
    dialog.close();
    say(t('staff.invited', { email }));
    again();
  });
}
