// Whether a file contains the whole school: a separate choice, because it removes students.

import { h } from '/assets/shared/dom.js';
import { field, notice } from '/assets/shared/elements.js';
import { number, t } from '/assets/shared/words.js';

/**
 * `warning` names the students who would leave, and requires their number where there are many. `choice` turns a
 * partial roster into a whole one.
 * `onConfirmed(isConfirmed)` is called at once and at each change.
 */
export function wholePart(roster, readAgain, onConfirmed) {
  if (roster.scope !== 'whole') {
    onConfirmed(true);
    return { warning: null, choice: choice(readAgain) };
  }
  const { left, students, must_confirm_left: mustConfirm } = roster.preview;
  onConfirmed(!mustConfirm);
  const back = readAgain && h('button', { type: 'button', onclick: () => readAgain({ scope: 'partial' }), data: { testid: 'part-of-school' } }, t('import.part_choose'));
  if (left === 0) return { warning: notice('info', h('p', {}, t('import.whole_chosen')), h('p', {}, t('import.whole_all')), back), choice: null };
  const input = mustConfirm && h('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', size: 8, data: { testid: 'confirm-left' } });
  input?.addEventListener?.('input', () => onConfirmed(input.value.replaceAll(/\D/g, '') === String(left)));
  return {
    choice: null,
    warning: notice('bad',
      h('h3', { data: { testid: 'whole-left' } }, t('import.whole_left', { count: left, left, students })),
      h('p', {}, t('import.whole_chosen'), ' ', t('import.whole_means')),
      input && field(t('import.whole_type', { left: number(left) }), input),
      back),
  };
}

function choice(readAgain) {
  return h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('import.whole')),
    h('p', { class: 'muted' }, t('import.whole_text')),
    readAgain
      ? h('button', { type: 'button', onclick: () => readAgain({ scope: 'whole' }), data: { testid: 'whole-school' } }, t('import.whole_choose'))
      : h('p', { class: 'muted small' }, t('import.mapping_fixed')));
}
