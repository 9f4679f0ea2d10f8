// The page of the mailed sign-up link. Opening it changes nothing, because mail scanners open links too. The user
// names the studio and chooses a password, and is then signed in.

import { postOpenly } from '/assets/shared/api.js';
import { byId, tokenOnce } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { rulesOf, showPasswordBy } from '/assets/shared/password.js';
import { secondStage } from '/assets/shared/second-stage.js';

const PORTAL = 'photographer';

startPage();
showPasswordBy(byId('show'), byId('password'));
rulesOf(byId('password'), byId('rules'));
const token = tokenOnce();
if (!token) show('none');

onSubmit(byId('form'), async ({ studio_name, password }) => {
  const confirmed = await confirm({ token, studio_name, password });
  if (confirmed) await enter(confirmed.email, password);
  else show('none');
});

/** The confirmed address; `null` when the link is invalid or expired. */
async function confirm(chosen) {
  try {
    return await postOpenly('/v1/email-verifications', chosen);
  } catch (problem) {
    if (problem.code === 'link_used_or_expired') return null;
    throw problem;
  }
}

async function enter(email, password) {
  try {
    const answer = await postOpenly('/v1/sign-in/password', { portal: PORTAL, email, password });
    if (answer.status === 'signed_in') location.replace(`/${PORTAL}`);
    else await secondStage(answer, PORTAL, `/${PORTAL}`);
  } catch {
    // The address is confirmed anyway: the sign-in page continues from here.
    show('done');
  }
}

function show(name) {
  for (const part of ['ask', 'done', 'none']) byId(part).hidden = part !== name;
  byId(name).focus();
}
