// The basic parts of all portals: the four states of a screen, dialogs, forms, meters, pills, messages.

import { h, icon } from '/assets/shared/dom.js';
import { knows, t } from '/assets/shared/words.js';

// ---- the states of a screen ----

/** Placeholder lines in the shape of the coming content. */
export function skeleton(lines = 4, shape = 'line') {
  return h('div', { class: `skeleton skeleton-${shape}`, role: 'status' },
    h('span', { class: 'seen-by-readers' }, t('loading')),
    Array.from({ length: lines }, () => h('span', { class: 'bone', 'aria-hidden': 'true' })));
}

/** An empty state: its meaning, and the button for the next step. */
export function emptyState({ title, text, action = null, art = null, testId = 'empty', isWhole = false }) {
  return h('div', { class: 'empty', data: { testid: testId } },
    art && h('img', { src: art, alt: '', width: 320, height: 160, class: 'empty-art' }),
    h(isWhole ? 'h1' : 'h2', {}, title),
    h('p', {}, text),
    action);
}

/** An error, in the words of the answer, with a way to continue. */
export function failedState(problem, again = null) {
  return h('div', { class: 'failed', role: 'alert', data: { testid: 'failed' } },
    h(document.querySelector('main h1') ? 'h2' : 'h1', { class: 'failed-title' }, t(problem.isConnection ? 'failed.connection' : problem.status === 404 ? 'failed.not_found' : 'failed.title')),
    h('p', {}, problem.message),
    problem.requestId && h('p', { class: 'muted small' }, t('failed.request', { id: problem.requestId })),
    again && h('button', { type: 'button', class: 'primary', onclick: again, data: { testid: 'try-again' } }, t('try_again')));
}

/**
 * Draws `place` from the result of `load`: first a skeleton, then `draw(answer)`, or the error with a retry button.
 * Returns the function that reloads.
 */
export function screen(place, { load, draw, bones = skeleton() }) {
  const show = async () => {
    place.replaceChildren(bones);
    place.setAttribute('aria-busy', 'true');
    try {
      const answer = await load();
      place.replaceChildren(...[await draw(answer)].flat(Infinity).filter(Boolean));
    } catch (problem) {
      if (!('code' in problem)) console.error(problem);
      place.replaceChildren(failedState(problem.code ? problem : { message: t('problem.unknown') }, show));
    } finally {
      place.removeAttribute('aria-busy');
    }
  };
  show();
  return show;
}

// ---- messages ----

/** Shows a short message: a line at the foot of the page that screen readers announce. */
export function say(text, kind = 'good') {
  // Inside an open dialog, because everything outside of it is unreachable then.
  const host = document.querySelector('dialog[open]') ?? document.body;
  const line = document.getElementById('said') ?? h('div', { id: 'said', class: 'said', role: 'status', 'aria-live': 'polite' });
  if (line.parentElement !== host) host.append(line);
  const message = h('p', { class: `said-line ${kind}` }, icon(kind === 'good' ? 'check' : 'alert'), h('span', {}, text));
  line.replaceChildren(message);
  setTimeout(() => message.remove(), kind === 'good' ? 6_000 : 12_000);
}

/** Copies a text and reports the result: `WORDS.copied`, `WORDS.not_copied`. */
export async function copy(text, words) {
  try {
    await navigator.clipboard.writeText(text);
    say(t(`${words}.copied`));
  } catch {
    say(t(`${words}.not_copied`), 'bad');
  }
}

/** A lasting notice: something to know or to repair. */
export function notice(kind, ...children) {
  return h('div', { class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : null },
    icon(kind === 'bad' ? 'alert' : kind === 'good' ? 'check' : 'info'), h('div', {}, children));
}

/** A state in one word. */
export function pill(text, kind = 'plain') {
  return h('span', { class: `pill ${kind}` }, text);
}

/** A bar with its name and its numbers as text. */
export function meter(label, part, all, words) {
  return h('div', { class: 'meter' },
    h('div', { class: 'meter-words' }, h('span', {}, label), h('span', { class: 'figures' }, words)),
    h('progress', { max: Math.max(all, 1), value: Math.min(part, Math.max(all, 1)), 'aria-label': `${label}: ${words}` }));
}

// ---- forms ----

/** Returns the text for a field and an API code; the answer's own detail if we have none. */
export function wordsFor(problem) {
  const name = `problem.${problem.code}`;
  return knows(name) ? t(name) : problem.message;
}

/**
 * Sends a form with `work(values)`. The button waits; an error is shown at its field or above the form. The browser
 * shows its own validation errors.
 */
export function onSubmit(form, work) {
  const problemLine = form.querySelector('.form-problem')
    ?? form.insertAdjacentElement('afterbegin', h('p', { class: 'form-problem', role: 'alert', hidden: true, data: { testid: 'form-problem' } }));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button[type="submit"], button:not([type])');
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    clearProblems(form, problemLine);
    try {
      await work(Object.fromEntries(new FormData(form)), form);
    } catch (problem) {
      if (!('code' in problem)) console.error(problem);
      showProblem(form, problemLine, problem.code ? problem : { message: t('problem.unknown'), code: '' });
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}

function clearProblems(form, problemLine) {
  problemLine.hidden = true;
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
}

function showProblem(form, problemLine, problem) {
  problemLine.textContent = wordsFor(problem);
  problemLine.hidden = false;
  const input = problem.field && form.elements.namedItem(problem.field);
  if (input instanceof HTMLElement) {
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  }
}

let fields = 0;

/** A label, its input and a help line. */
export function field(label, input, help = null) {
  fields += 1;
  input.id ||= `field-${fields}`;
  const hint = help && h('p', { class: 'hint', id: `${input.id}-hint` }, help);
  if (hint) input.setAttribute('aria-describedby', hint.id);
  return h('div', { class: 'field' }, h('label', { for: input.id }, label), input, hint);
}

export function options(pairs, chosen) {
  return pairs.map(([value, text]) => {
    const option = h('option', { value }, text);
    option.selected = value === chosen;
    return option;
  });
}

// ---- dialogs ----

/** Opens a modal dialog with a heading and a close button; closing removes it. */
export function openDialog(title, content, { onClose = null, wide = false, testId = null } = {}) {
  const heading = h('h2', { id: `dialog-${(fields += 1)}` }, title);
  const dialog = h('dialog', { 'aria-labelledby': heading.id, class: wide ? 'wide' : null, data: testId ? { testid: testId } : {} },
    h('div', { class: 'dialog-head' }, heading,
      h('button', { type: 'button', class: 'quiet square', 'aria-label': t('close'), onclick: () => dialog.close() }, icon('close'))),
    content);
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
