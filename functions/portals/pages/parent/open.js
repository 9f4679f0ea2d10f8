// The page of the mailed link. Opening it changes nothing, because mail scanners open links too; the button signs in.

import { postOpenly, signedIn } from '/assets/shared/api.js';
import { byId, tokenOnce } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';

startPage();
const token = tokenOnce();
if (!token) over();

onSubmit(byId('form'), async () => {
  try {
    signedIn(await postOpenly('/v1/sign-in/link', { token }));
  } catch (problem) {
    if (problem.isConnection || problem.status >= 500 || problem.status === 429 || problem.code === 'too_many_students') throw problem;
    over();
    return;
  }
  location.replace('/parent/galleries');
});

function over() {
  byId('ask').hidden = true;
  byId('none').hidden = false;
  byId('none').focus();
}
