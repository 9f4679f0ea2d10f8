// The mailed link: opening it changes nothing, because mail scanners open links too; the button confirms the address.

import { postOpenly } from '/assets/shared/api.js';
import { byId, tokenOnce } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';

startPage();
const token = tokenOnce();
if (!token) show('none');

onSubmit(byId('form'), async () => {
  try {
    await postOpenly('/v1/email-verifications', { token });
    show('done');
  } catch (problem) {
    if (problem.isConnection || problem.status >= 500 || problem.status === 429) throw problem;
    show('none');
  }
});

function show(name) {
  for (const part of ['ask', 'done', 'none']) byId(part).hidden = part !== name;
  byId(name).focus();
}
