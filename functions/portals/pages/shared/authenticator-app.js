// Sets up an authenticator app: the QR code, the secret as text, and the first code that activates it.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

// The light margin around the code in modules, which the standard requires.
const QUIET = 4;

/** The steps from a new secret to its first code; `confirm(code)` sends that code and continues. */
export function appSetup({ secret, address, qr }, confirm) {
  const form = h('form', { class: 'stack' },
    field(t('app.first'), h('input', { name: 'code', required: true, maxlength: 8, inputmode: 'numeric', autocomplete: 'one-time-code', data: { testid: 'first-code' } }), t('app.first_help')),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'confirm-app' } }, t('app.submit')));
  onSubmit(form, ({ code }) => confirm(code));
  return h('div', { class: 'stack', data: { testid: 'app-setup' } },
    h('p', {}, t('app.lead')),
    h('div', { class: 'qr' }, drawn(qr)),
    h('p', {}, h('a', { href: address }, t('app.open'))),
    h('details', {}, h('summary', {}, t('app.by_hand')), h('p', {}, h('code', { class: 'secret', data: { testid: 'app-secret' } }, secret.match(/.{1,4}/g).join(' ')))),
    form);
}

/** Draws a QR code as a picture: dark on white in every colour scheme, because cameras cannot read it otherwise. */
function drawn(rows) {
  const space = 'http://www.w3.org/2000/svg';
  const side = rows.length + 2 * QUIET;
  const make = (name, attributes) => {
    const element = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const dark = rows.flatMap((row, y) => [...row].map((module, x) => (module === '1' ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : '')));
  const svg = make('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': t('app.qr'), 'shape-rendering': 'crispEdges' });
  svg.append(make('rect', { width: side, height: side, fill: '#fff' }), make('path', { d: dark.join(''), fill: '#000' }));
  return svg;
}
