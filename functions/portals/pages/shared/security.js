// An account's second factors: the authenticator app, the passkeys, the recovery codes.

import { get, post, remove, signedIn } from '/assets/shared/api.js';
import { appSetup } from '/assets/shared/authenticator-app.js';
import { byId, h, icon } from '/assets/shared/dom.js';
import { field, notice, onSubmit, openDialog, pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { heading } from '/assets/shared/heading.js';
import { knowsPasskeys, makePasskey } from '/assets/shared/passkeys.js';
import { showRecoveryCodes } from '/assets/shared/recovery-codes.js';
import { moment, t } from '/assets/shared/words.js';

const FACTORS = '/v1/person/second-factors';

let again = () => {};

/** Draws the page of the signed-in user into `screen`. */
export function securityPage() {
  again = screen(byId('screen'), {
    load: () => get(FACTORS),
    draw: (factors) => [
      heading({ title: t('factors.heading'), line: t('factors.lead') }),
      factors.methods.length === 0 && notice('info', h('p', {}, t('factors.none'))),
      passkeys(factors),
      app(factors),
      paper(factors),
    ],
    bones: skeleton(3, 'row'),
  });
  // A user who set up the first factor during sign-in has no recovery codes yet: they come first.
  if (location.hash === '#paper') newCodes();
}

function section(title, text, action, rows, testId) {
  return h('section', { class: 'stack factor', data: { testid: testId } },
    h('div', { class: 'page-head' }, h('div', { class: 'page-head-words' }, h('h2', {}, title), h('p', { class: 'muted' }, text)),
      action && h('div', { class: 'actions' }, action)),
    rows);
}

const button = (words, work, testId, kind = null) => h('button', { type: 'button', class: kind, onclick: () => attempt(work), data: { testid: testId } }, words);

/** Runs an action and redraws the page; an error is shown as a short message. */
async function attempt(work) {
  try {
    await work();
  } catch (problem) {
    say(problem.message, 'bad');
  }
}

// ---- the app ----

function app({ totp }) {
  const action = totp
    ? button(t('factors.app_remove'), removeApp, 'remove-app')
    : button(t('factors.app_add'), addApp, 'add-app');
  const rows = totp && h('ul', { class: 'rows' }, h('li', { class: 'row' },
    h('span', { class: 'row-icon' }, icon('key')),
    h('div', { class: 'row-words' }, h('strong', {}, t('factors.app')), h('span', { class: 'muted small' }, t('factors.since', { date: moment(totp.added_at) }))),
    pill(t('factors.on'), 'good')));
  return section(t('factors.app'), t('factors.app_text'), action, rows, 'factor-app');
}

async function addApp() {
  const secret = await post(`${FACTORS}/totp`, {});
  const dialog = openDialog(t('factors.app_add'), appSetup(secret, async (code) => {
    const added = signedIn(await post(`${FACTORS}/totp/confirmation`, { code }));
    dialog.close();
    await factorAdded(added, 'factors.app_added');
  }), { testId: 'app-dialog' });
}

async function removeApp() {
  await remove(`${FACTORS}/totp`);
  say(t('factors.app_removed'));
  again();
}

async function factorAdded({ recovery_codes: codes }, said) {
  if (codes) await showRecoveryCodes(codes);
  say(t(said));
  again();
}

// ---- passkeys ----

function passkeys({ passkeys: all }) {
  const action = knowsPasskeys
    ? button(t('factors.passkey_add'), namePasskey, 'add-passkey', all.length === 0 ? 'primary' : null)
    : null;
  const rows = all.length > 0 && h('ul', { class: 'rows', data: { testid: 'passkeys' } }, all.map(passkeyRow));
  return section(t('factors.passkeys'), t(knowsPasskeys ? 'factors.passkeys_text' : 'factors.passkeys_unknown'), action, rows, 'factor-passkeys');
}

function passkeyRow({ id, name, added_at: added, last_used_at: used }) {
  return h('li', { class: 'row', data: { testid: 'passkey' } },
    h('span', { class: 'row-icon' }, icon('key')),
    h('div', { class: 'row-words' }, h('strong', {}, name),
      h('span', { class: 'muted small' }, used ? t('factors.used', { date: moment(added), used: moment(used) }) : t('factors.since', { date: moment(added) }))),
    h('button', {
      type: 'button', class: 'quiet', 'aria-label': t('factors.passkey_remove_this', { name }),
      onclick: () => attempt(async () => {
        await remove(`${FACTORS}/passkeys/${id}`);
        say(t('factors.passkey_removed'));
        again();
      }),
      data: { testid: 'remove-passkey' },
    }, t('factors.passkey_remove')));
}

function namePasskey() {
  const form = h('form', { class: 'stack' },
    field(t('factors.passkey_name'), h('input', { name: 'name', required: true, maxlength: 60, autocomplete: 'off', data: { testid: 'passkey-name' } }), t('factors.passkey_name_help')),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'make-passkey' } }, t('factors.passkey_make')));
  onSubmit(form, async ({ name }) => {
    const { ceremony, options } = await post(`${FACTORS}/passkeys`, {});
    const credential = await makePasskey(options);
    const added = signedIn(await post(`${FACTORS}/passkeys/confirmation`, { ceremony, name, credential }));
    dialog.close();
    await factorAdded(added, 'factors.passkey_added');
  });
  const dialog = openDialog(t('factors.passkey_add'), form, { testId: 'passkey-dialog' });
}

// ---- recovery codes ----

function paper({ methods, recovery_codes_left: left }) {
  const action = methods.length > 0 && button(t('factors.paper_new'), newCodes, 'new-codes');
  return section(t('factors.paper'), t(methods.length > 0 ? 'factors.paper_left' : 'factors.paper_none', { count: left }), action, null, 'factor-paper');
}

async function newCodes() {
  await attempt(async () => {
    const { recovery_codes: codes } = await post(`${FACTORS}/recovery-codes`, {});
    await showRecoveryCodes(codes);
    again();
  });
}
