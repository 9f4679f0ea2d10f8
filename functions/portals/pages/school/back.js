// The return page of the district's own sign-in. It removes the values from the URL first, and then sends them once.

import { postOpenly, signedIn } from '/assets/shared/api.js';
import { byId, h, inAddress } from '/assets/shared/dom.js';
import { wordsFor } from '/assets/shared/elements.js';
import { startPage } from '/assets/shared/page.js';
import { t } from '/assets/shared/words.js';

startPage();
const [code, state] = [inAddress('code'), inAddress('state')];
const saidNo = inAddress('error') !== '';
history.replaceState(null, '', location.pathname);
const place = byId('screen');

if (code && state) goOn();
else failed(t(saidNo ? 'back.refused_there' : 'back.nothing_came'));

async function goOn() {
  place.replaceChildren(h('h1', {}, t('back.heading')), h('p', { class: 'lead', role: 'status' }, t('back.lead')));
  try {
    signedIn(await postOpenly('/v1/sign-in/oidc', { code, state }));
    location.replace('/school');
  } catch (problem) {
    failed(problem.code === 'sign_in_refused' ? t('back.refused_here') : wordsFor(problem));
  }
}

/** Shows the error and a way to retry: a new attempt starts at the district. */
function failed(words) {
  const district = state.match(/^dis_[a-z2-7]{26}(?=\.)/)?.[0];
  const again = district ? `/v1/sign-in/oidc/${district}` : '/school/sign-in';
  const part = h('section', { tabindex: -1, data: { testid: 'back-failed' } },
    h('h1', {}, t('back.failed')), h('p', { class: 'lead', role: 'alert' }, words),
    h('p', {}, h('a', { class: 'button primary wide', href: again, data: { testid: 'back-again' } }, t('back.again'))));
  place.replaceChildren(part);
  part.focus();
}
