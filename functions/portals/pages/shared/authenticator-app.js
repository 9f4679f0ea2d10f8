// Setting an authenticator app up: the QR code, the same as text, and the first code that makes it count.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

// Light modules around the code, which the standard asks for.
const QUIET = 4;

/** The way from a new secret to its first code; `confirm(code)` sends that and goes on. */
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

/** A code of modules as a picture: dark on white in every colour scheme, or a camera does not read it. */
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
