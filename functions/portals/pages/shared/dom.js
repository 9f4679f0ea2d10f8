// Creates elements. Data only becomes text or an attribute: there is no way from here to markup.

/**
 * `h('a', { class: 'button', href }, 'Open')`. Attributes by their names; `on…` takes a listener, `data` a record.
 * False, null and undefined omit an attribute, true sets it to the empty string. Children are elements, text, lists,
 * or nothing.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'value' || name === 'disabled' || name === 'checked' || name === 'max') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon of the sprite. It is decorative: the text beside it has the same meaning. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

const SPRITE = '/assets/shared/icons.svg';

/** Clones a `<template>` of the page by its id. */
export function copyOf(id) {
  return document.getElementById(id).content.cloneNode(true).firstElementChild;
}

export const byId = (id) => document.getElementById(id);

/** Returns the only value of this name in the URL, or ''. */
export const inAddress = (name) => new URLSearchParams(location.search).get(name) ?? '';

/** Removes a one-time token from the address bar and the history, and returns it. */
export function tokenOnce() {
  const token = inAddress('token');
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

/** Waits; stops early when the page is left. */
export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * The wait between two polls of work in progress: 1.5 seconds at first, ten seconds after a few minutes. A user may
 * send 1,000 requests per hour; watching a whole picture day needs less than half of that.
 */
export function patience(began = Date.now()) {
  return () => pause(Math.min(1_500 + (Date.now() - began) / 40, 10_000));
}

/** Runs `work` at most once in `milliseconds`, and once more after the last call. */
export function calmly(milliseconds, work) {
  let timer = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      work();
    }, milliseconds);
  };
}
