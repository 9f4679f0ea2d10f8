// Makes elements. Data only ever becomes text or an attribute: there is no way from here to markup.

/**
 * `h('a', { class: 'button', href }, 'Open')`. Attributes by their names; `on…` takes a listener, `data` a record;
 * false, null and undefined leave an attribute out, true sets it empty. Children: elements, text, lists, or nothing.
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

/** An icon of the sprite. It decorates: the words beside it say the same. */
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

/** A fresh copy of a `<template>` of the page, found by its id. */
export function copyOf(id) {
  return document.getElementById(id).content.cloneNode(true).firstElementChild;
}

export const byId = (id) => document.getElementById(id);

/** The only value of this name in the address, or ''. */
export const inAddress = (name) => new URLSearchParams(location.search).get(name) ?? '';

/** Takes a one-time token out of the address bar and the history, and returns it. */
export function tokenOnce() {
  const token = inAddress('token');
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

/** Waits; ends early when the page is left. */
export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * How long to wait between two looks at work in progress: a second and a half at first, ten seconds after a few minutes.
 * A person may ask 1,000 times an hour; somebody who watches a whole picture day stays below half of that.
 */
export function patience(began = Date.now()) {
  return () => pause(Math.min(1_500 + (Date.now() - began) / 40, 10_000));
}

/** Runs `work` at most once in `milliseconds`, the last time included. */
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
