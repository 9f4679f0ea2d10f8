// The mailed link: opening it changes nothing, because mail scanners open links too. The password of the sign-up confirms
// the address, and lets its owner in.

import { postOpenly } from '/assets/shared/api.js';
import { byId, tokenOnce } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { showPasswordBy } from '/assets/shared/password.js';

const PORTAL = 'photographer';

startPage();
showPasswordBy(byId('show'), byId('password'));
const token = tokenOnce();
if (!token) show('none');

onSubmit(byId('form'), async ({ password }) => {
  const confirmed = await confirm(password);
  if (!confirmed) return show('none');
  try {
    await postOpenly('/v1/sign-in/password', { portal: PORTAL, email: confirmed.email, password });
    location.replace(`/${PORTAL}`);
  } catch {
    // The address is confirmed all the same: the sign-in page takes it from here.
    show('done');
  }
});

/** The confirmed address; `null` when the link is worth nothing any more. */
async function confirm(password) {
  try {
    return await postOpenly('/v1/email-verifications', { token, password });
  } catch (problem) {
    if (problem.code === 'link_used_or_expired') return null;
    throw problem;
  }
}

function show(name) {
  for (const part of ['ask', 'done', 'none']) byId(part).hidden = part !== name;
  byId(name).focus();
}
