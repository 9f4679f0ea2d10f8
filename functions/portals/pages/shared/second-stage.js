// The second stage of a sign-in: verifies the second factor, or sets one up for a user who must have one.

import { postOpenly } from '/assets/shared/api.js';
import { appSetup } from '/assets/shared/authenticator-app.js';
import { byId, h } from '/assets/shared/dom.js';
import { factorForm } from '/assets/shared/second-factor.js';
import { t } from '/assets/shared/words.js';

const STAGE = '/v1/sign-in/second-factor';

/** Shows the second stage in place of the first. After sign-in it continues to `next`, a page of `portal`. */
export async function secondStage({ status, methods }, portal, next) {
  const isNew = status === 'second_factor_enrolment';
  const part = isNew ? await setUp(portal) : h('div', { class: 'stack' }, h('p', {}, t('stage.lead')), factorForm(methods, {
    options: () => openly(`${STAGE}/passkey-options`, {}),
    show: async (shown) => {
      await openly(STAGE, shown);
      location.replace(next);
    },
  }));
  const title = h('h1', { tabindex: '-1' }, t(isNew ? 'stage.set_up' : 'stage.heading'));
  byId('main').replaceChildren(title, part, h('p', { class: 'aside' }, h('a', { href: `/${portal}/sign-in` }, t('stage.again'))));
  (part.querySelector('input') ?? title).focus();
}

async function setUp(portal) {
  const secret = await openly(`${STAGE}/enrolment`, {});
  return h('div', { class: 'stack' }, h('p', {}, t('stage.must')), appSetup(secret, async (code) => {
    await openly(`${STAGE}/enrolment/confirmation`, { code });
    // The recovery codes come next, before anything else.
    location.replace(`/${portal}/security#paper`);
  }));
}

/** After a timeout or too many attempts the sign-in starts again. */
async function openly(path, json) {
  try {
    return await postOpenly(path, json);
  } catch (problem) {
    if (problem.status === 401) problem.message = t('stage.over');
    throw problem;
  }
}
