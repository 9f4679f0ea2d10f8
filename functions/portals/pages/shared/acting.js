// The impersonation banner, for site administrators and school administrators. It is visible on every page, at every
// scroll position.

import { post, signOut } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { openDialog, say } from '/assets/shared/elements.js';
import { moment, t } from '/assets/shared/words.js';

/** Shows the banner above the page during an impersonation. */
export function showActing({ acting, person }) {
  if (!acting) return;
  const until = moment(acting.expires_at);
  const words = t(acting.may_write ? 'acting.changing' : 'acting.looking', { email: person.email, until });
  document.body.classList.add('acted');
  document.body.prepend(h('section', { class: 'acting', 'aria-label': t(acting.school ? 'acting.name_school' : 'acting.name'), data: { testid: 'acting' } },
    icon('alert'),
    h('p', {}, h('strong', {}, t('acting.heading')), ' ', words),
    h('div', { class: 'acting-ways' },
      !acting.may_write && h('button', { type: 'button', onclick: ask, data: { testid: 'acting-writes' } }, t('acting.allow')),
      h('button', { type: 'button', onclick: () => end(acting.school), data: { testid: 'acting-end' } }, t('acting.end')))));
}

function ask() {
  const sure = h('button', { type: 'button', class: 'primary', data: { testid: 'acting-sure' } }, t('acting.allow'));
  const dialog = openDialog(t('acting.allow_heading'), h('div', { class: 'stack' }, h('p', {}, t('acting.allow_text')), sure));
  sure.addEventListener('click', async () => {
    try {
      await post('/v1/session/acting/writes', {});
      location.reload();
    } catch (problem) {
      dialog.close();
      say(problem.message, 'bad');
    }
  });
}

/** After an impersonation the administrator returns to the page where it started, in their own session. */
async function end(school) {
  try {
    await signOut();
    location.replace(school ? `/school/staff?id=${school}` : '/admin/people');
  } catch (problem) {
    say(problem.message, 'bad');
  }
}
