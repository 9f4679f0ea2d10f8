// Recovery codes: shown once, to print or copy. The page stores them nowhere.

import { h, icon } from '/assets/shared/dom.js';
import { copy, openDialog, say } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

/** Shows the codes; resolves when the user has saved them. */
export function showRecoveryCodes(codes) {
  return new Promise((done) => {
    const list = h('ul', { class: 'codes', data: { testid: 'recovery-codes' } }, codes.map((code) => h('li', {}, h('code', {}, code))));
    const dialog = openDialog(t('paper.heading'), h('div', { class: 'stack' },
      h('p', {}, t('paper.lead')),
      list,
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'primary', onclick: () => print(codes), data: { testid: 'print-codes' } }, icon('print'), t('paper.print')),
        h('button', { type: 'button', onclick: () => copy(codes.join('\n'), 'paper'), data: { testid: 'copy-codes' } }, icon('copy'), t('paper.copy')),
        h('button', { type: 'button', onclick: () => dialog.close(), data: { testid: 'codes-kept' } }, t('paper.done')))), { onClose: done, testId: 'paper' });
  });
}

/** One sheet. Only the sheet is printed (print rules of the letters); it is removed when the print dialog closes. */
function print(codes) {
  const place = h('div', { class: 'letters' },
    h('section', { class: 'letter' }, h('h2', {}, t('paper.title', { site: location.host })), h('p', {}, t('paper.lead')),
      codes.map((code) => h('p', { class: 'letter-code' }, code))));
  document.body.append(place);
  window.addEventListener('afterprint', () => place.remove(), { once: true });
  window.print();
}
