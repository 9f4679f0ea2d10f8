// The staff of a school: members and open invitations, for its administrators and its photographers.

import { all, post, put, remove } from '/assets/shared/api.js';
import { because } from '/assets/shared/because.js';
import { h, icon } from '/assets/shared/dom.js';
import { emptyState, field, onSubmit, openDialog, options, pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { byName, moment, t } from '/assets/shared/words.js';

/** A part of a page that loads by itself. `me` is the user's own entry, if they are on the list. */
export function staffPart(schoolId, me = null) {
  const path = `/v1/schools/${schoolId}`;
  const place = h('div', {});
  const invite = h('button', { type: 'button', data: { testid: 'invite' }, onclick: () => inviteDialog(path, () => again()) }, icon('plus'), t('staff.invite'));
  const again = screen(place, {
    load: async () => {
      const [members, invitations] = await Promise.all([all(`${path}/staff`), all(`${path}/staff-invitations`)]);
      return { members: members.sort((a, b) => byName(a.email, b.email)), invitations: invitations.sort((a, b) => byName(a.email, b.email)) };
    },
    draw: ({ members, invitations }) => (members.length || invitations.length
      ? h('ul', { class: 'rows', data: { testid: 'staff' } },
        members.map((member) => memberRow(path, member, me, () => again())),
        invitations.map((one) => invitationRow(`${path}/staff-invitations/${one.id}`, one, lineOf(one), () => again())))
      : emptyState({ title: t('staff.none'), text: t('staff.none_text'), testId: 'no-staff' })),
    bones: skeleton(2, 'row'),
  });
  return h('section', { class: 'part', data: { testid: 'staff-part' } },
    h('div', { class: 'page-head' },
      h('div', { class: 'page-head-words' }, h('h2', { class: 'part-title' }, t('staff.heading')), h('p', { class: 'muted' }, t('staff.lead'))),
      h('div', { class: 'actions' }, invite)),
    place);
}

function lineOf({ role, classes }) {
  return role === 'teacher' ? t('staff.line_teacher', { classes: classes.join(', ') }) : t('staff.line_administrator');
}

function memberRow(path, member, me, again) {
  const own = `${path}/staff/${member.person_id}`;
  return h('li', { class: 'row', data: { testid: 'member' } },
    h('span', { class: 'row-icon' }, icon('user')),
    h('span', { class: 'row-words long' }, h('strong', {}, h('bdi', {}, member.email)), h('span', { class: 'muted small' }, lineOf(member))),
    member.person_id === me && pill(t('staff.you')),
    h('div', { class: 'actions' },
      // Only for the school's own staff: its photographers are not on the list.
      me && member.role === 'teacher' && h('button', { type: 'button', class: 'quiet', 'aria-label': t('staff.see_this', { email: member.email }), onclick: () => seeDialog(own, member), data: { testid: 'see-as' } }, t('staff.see')),
      h('button', { type: 'button', class: 'quiet', 'aria-label': t('staff.change_this', { email: member.email }), onclick: () => changeDialog(own, member, again), data: { testid: 'change-member' } }, t('staff.change')),
      h('button', { type: 'button', class: 'danger', 'aria-label': t('staff.remove_this', { email: member.email }), onclick: () => askToRemove(own, member.email, t('staff.remove_text'), again), data: { testid: 'remove-member' } }, t('staff.remove'))));
}

function seeDialog(own, { email }) {
  because({
    title: t('staff.see_this', { email }), text: t('staff.see_text'), button: t('staff.see_submit'), reasons: ['support_case', 'own_request', 'suspected_theft', 'abuse'],
    work: async (reason) => {
      const { path } = await post(`${own}/impersonation`, reason);
      location.assign(path);
    },
  });
}

/** An open invitation, with a button to withdraw it. */
export function invitationRow(path, invitation, line, again) {
  const withdraw = async () => {
    try {
      await remove(path);
      say(t('staff.withdrawn'));
    } catch (problem) {
      // It was accepted or has expired meanwhile: there is nothing left to withdraw.
      if (problem.status !== 404) return say(problem.message, 'bad');
    }
    return again();
  };
  return h('li', { class: 'row', data: { testid: 'invitation' } },
    h('span', { class: 'row-icon' }, icon('mail')),
    h('span', { class: 'row-words long' },
      h('strong', {}, h('bdi', {}, invitation.email)),
      line && h('span', { class: 'muted small' }, line),
      h('span', { class: 'muted small' }, t('staff.until', { until: moment(invitation.expires_at) }))),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'quiet', 'aria-label': t('staff.withdraw_this', { email: invitation.email }), onclick: withdraw, data: { testid: 'withdraw' } }, t('staff.withdraw'))));
}

/** Asks for confirmation, and removes. */
export function askToRemove(path, email, text, again) {
  const sure = h('button', { type: 'button', class: 'primary', data: { testid: 'remove-sure' } }, t('staff.remove'));
  const dialog = openDialog(t('staff.remove_heading', { email }), h('div', { class: 'stack' }, h('p', {}, text), sure));
  sure.addEventListener('click', async () => {
    dialog.close();
    try {
      await remove(path);
      say(t('staff.removed'));
    } catch (problem) {
      // It was removed in another window meanwhile, which is the wanted result.
      if (problem.status !== 404) return say(problem.code === 'last_administrator' ? t('problem.last_administrator') : problem.message, 'bad');
    }
    return again();
  });
}

/** The role, and a teacher's classes. */
function roleFields({ role = 'teacher', classes = [] } = {}) {
  const choice = h('select', { name: 'role', data: { testid: 'role' } }, options([['teacher', t('staff.role_teacher')], ['administrator', t('staff.role_administrator')]], role));
  const names = h('input', { name: 'classes', autocomplete: 'off', maxlength: 2000, value: classes.join(', '), data: { testid: 'classes' } });
  const ofTeacher = field(t('staff.classes'), names, t('staff.classes_help'));
  const show = () => {
    ofTeacher.hidden = choice.value !== 'teacher';
    names.required = choice.value === 'teacher';
  };
  choice.addEventListener('change', show);
  show();
  return [field(t('staff.role'), choice), ofTeacher];
}

function assignmentOf({ role, classes }) {
  const names = classes.split(',').map((name) => name.trim()).filter(Boolean);
  return { role, classes: role === 'teacher' ? names : [] };
}

function inviteDialog(path, again) {
  const form = h('form', { class: 'stack', data: { testid: 'invite-form' } },
    field(t('field.email'), h('input', { name: 'email', type: 'email', required: true, maxlength: 254, autocomplete: 'off', data: { testid: 'invite-email' } }), t('staff.email_help')),
    roleFields(),
    h('button', { type: 'submit', class: 'primary' }, t('staff.invite_submit')));
  const dialog = openDialog(t('staff.invite'), form, { testId: 'invite-dialog' });
  onSubmit(form, async (values) => {
    await post(`${path}/staff-invitations`, { email: values.email, ...assignmentOf(values) });
    dialog.close();
    say(t('staff.invited', { email: values.email }));
    again();
  });
}

function changeDialog(path, member, again) {
  const form = h('form', { class: 'stack' }, roleFields(member), h('button', { type: 'submit', class: 'primary', data: { testid: 'keep-change' } }, t('staff.change_submit')));
  const dialog = openDialog(t('staff.change_this', { email: member.email }), form, { testId: 'change-dialog' });
  onSubmit(form, async (values) => {
    await put(path, assignmentOf(values));
    dialog.close();
    say(t('staff.changed'));
    again();
  });
}
