// The form for a second factor: the same in the second stage of a sign-in and in a step-up.

import { portal, post, signedIn } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, say } from '/assets/shared/elements.js';
import { knowsPasskeys, showPasskey } from '/assets/shared/passkeys.js';
import { t } from '/assets/shared/words.js';

/**
 * The form for these methods. `options()` returns the passkey options; `show(shown)` sends the factor and continues.
 */
export function factorForm(methods, { options, show }) {
  const place = h('div', { class: 'stack', data: { testid: 'second-factor' } });
  const withPasskey = methods.includes('passkey') && knowsPasskeys && passkeyButton(options, show);
  const codes = ['totp', 'recovery_code'].filter((method) => methods.includes(method));
  const draw = (method) => {
    const other = codes.find((one) => one !== method);
    place.replaceChildren(...[
      withPasskey,
      method && codeForm(method, show),
      other && h('button', { type: 'button', class: 'quiet', onclick: () => draw(other), data: { testid: `with-${other}` } }, t(`second.with_${other}`)),
    ].filter(Boolean));
    place.querySelector('input')?.focus();
  };
  draw(codes[0]);
  return place;
}

function codeForm(method, show) {
  const isApp = method === 'totp';
  const input = h('input', {
    name: 'code', required: true, maxlength: 20, autocomplete: isApp ? 'one-time-code' : 'off', inputmode: isApp ? 'numeric' : 'text', autocapitalize: 'characters',
    data: { testid: 'second-code' },
  });
  const form = h('form', { class: 'stack' },
    field(t(`second.${method}`), input, t(`second.${method}_help`)),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'show-code' } }, t('second.submit')));
  onSubmit(form, ({ code }) => show({ method, code }));
  return form;
}

function passkeyButton(options, show) {
  const button = h('button', { type: 'button', class: 'primary', onclick: press, data: { testid: 'show-passkey' } }, icon('key'), t('second.passkey'));
  async function press() {
    button.disabled = true;
    try {
      const asked = await options();
      await show({ method: 'passkey', ceremony: asked.ceremony, credential: await showPasskey(asked.options) });
    } catch (problem) {
      say(problem.message, 'bad');
    } finally {
      button.disabled = false;
    }
  }
  return button;
}

/**
 * Requests a second factor in a dialog; resolves to whether it was verified. A user without one is led to set one up.
 */
export function stepUp(methods) {
  return new Promise((done) => {
    let isShown = false;
    const content = methods.length === 0
      ? h('div', { class: 'stack' }, h('p', {}, t('step_up.none')), h('a', { class: 'button primary', href: `/${portal}/security` }, t('nav.account_security')))
      : h('div', { class: 'stack' }, h('p', {}, t('step_up.lead')), factorForm(methods, {
        options: () => post('/v1/session/step-up/passkey-options', {}),
        show: async (shown) => {
          signedIn(await post('/v1/session/step-up', shown));
          isShown = true;
          dialog.close();
        },
      }));
    const dialog = openDialog(t('step_up.heading'), content, { onClose: () => done(isShown), testId: 'step-up' });
  });
}
