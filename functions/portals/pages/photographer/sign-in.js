// A photographer signs in and goes on to where they wanted to be.

import { ApiProblem, postOpenly, safeNext, session } from '/assets/shared/api.js';
import { byId, inAddress } from '/assets/shared/dom.js';
import { onSubmit } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { showPasswordBy } from '/assets/shared/password.js';
import { t } from '/assets/shared/words.js';

startPage();
showPasswordBy(byId('show'), byId('password'));

const next = safeNext(inAddress('next'));

onSubmit(byId('form'), async ({ email, password }) => {
  const answer = await postOpenly('/v1/sign-in/password', { portal: 'photographer', email, password });
  if (answer.status !== 'signed_in') throw new ApiProblem({ status: 200, code: 'second_factor', detail: t('problem.second_factor') });
  location.replace(next);
});

// Somebody who is signed in already has no business here. Being offline is no reason to hide the form.
session({ optional: true })
  .then((who) => who?.portal === 'photographer' && location.replace(next))
  .catch(() => null);
