// Share codes: created here, shown once, printed as letters. The page stores them nowhere, and they cannot be
// requested again.

import { post } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { copy, notice, openDialog, say } from '/assets/shared/elements.js';
import { byName, t } from '/assets/shared/words.js';

const AT_ONCE = 3;

/** Formats `ABCDEFGHJKLM` for reading and printing: `ABCD-EFGH-JKLM`. */
const grouped = (code) => code.replaceAll(/[^A-Za-z0-9]/g, '').match(/.{1,4}/g).join('-');

/**
 * One student's code: created on a press, shown once. `letter` has the letter's text: its sender `from`, and its
 * `lead`.
 */
export function offerCode({ id, name }, letter) {
  const make = h('button', { type: 'button', class: 'primary', data: { testid: 'create-code' } }, t('codes.create'));
  const body = h('div', { class: 'stack' }, h('p', {}, t('codes.one_lead', { name })), make);
  openDialog(t('codes.one_heading'), body, { testId: 'code-dialog' });
  make.addEventListener('click', async () => {
    make.setAttribute('aria-busy', 'true');
    try {
      const { code } = await post(`/v1/students/${id}/share-codes`, {});
      body.replaceChildren(
        h('p', {}, t('codes.for', { name })),
        h('output', { class: 'code-shown', data: { testid: 'code' } }, grouped(code)),
        notice('warn', t('codes.once')),
        h('div', { class: 'actions start' },
          h('button', { type: 'button', class: 'primary', onclick: () => print(letter, [{ name, code }]), data: { testid: 'print-letter' } }, icon('print'), t('codes.print_letter')),
          h('button', { type: 'button', onclick: () => copy(grouped(code), 'codes') }, icon('copy'), t('codes.copy'))));
    } catch (problem) {
      make.removeAttribute('aria-busy');
      say(problem.message, 'bad');
    }
  });
}

/** Letters for these students (`{ id, name }`): a new code and one page each. `none` explains why there are none. */
export function offerLetters(students, letter, { title, none }) {
  const body = h('div', { class: 'stack' });
  const dialog = openDialog(title, body, { testId: 'letters-dialog' });
  if (!students.length) {
    body.append(h('p', {}, none));
    return;
  }
  const make = h('button', { type: 'button', class: 'primary', data: { testid: 'create-letters' } }, t('codes.letters_create', { count: students.length }));
  body.append(h('p', {}, t('codes.letters_lead', { count: students.length })), notice('warn', t('codes.once_all')), make);
  make.addEventListener('click', () => makeAll(students, letter, body, dialog));
}

async function makeAll(students, letter, body, dialog) {
  const bar = h('progress', { max: students.length, value: 0, 'aria-label': t('codes.making') });
  const words = h('p', { role: 'status' });
  body.replaceChildren(words, bar);
  const waiting = [...students].sort((a, b) => byName(a.name, b.name));
  const letters = [];
  const failed = [];
  const worker = async () => {
    for (let student = waiting.shift(); student && dialog.isConnected; student = waiting.shift()) {
      try {
        const { code } = await post(`/v1/students/${student.id}/share-codes`, {});
        letters.push({ name: student.name, code });
      } catch (problem) {
        failed.push(problem);
      }
      bar.value = letters.length + failed.length;
      words.textContent = t('codes.made', { part: letters.length, all: students.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  letters.sort((a, b) => byName(a.name, b.name));
  body.replaceChildren(
    h('p', { data: { testid: 'letters-ready' } }, t('codes.ready', { count: letters.length })),
    ...(failed.length ? [notice('bad', h('p', {}, t('codes.failed', { count: failed.length })), h('p', {}, failed[0].message))] : []),
    h('div', { class: 'actions start' },
      h('button', { type: 'button', class: 'primary', disabled: letters.length === 0, onclick: () => print(letter, letters), data: { testid: 'print-letters' } }, icon('print'), t('codes.print_all', { count: letters.length }))));
}

/**
 * One letter per page. Only the letters are printed (print rules of the sheet); they are removed when the print
 * dialog closes.
 */
function print({ from, lead }, letters) {
  document.getElementById('letters')?.remove();
  const place = h('div', { id: 'letters', class: 'letters' }, letters.map((letter) => h('article', { class: 'letter' },
    h('p', { class: 'letter-from' }, from),
    h('h2', {}, t('letter.heading', { name: letter.name })),
    h('p', {}, lead),
    h('ol', { class: 'letter-steps' },
      h('li', {}, t('letter.go'), h('strong', { class: 'letter-address' }, `${location.host}/parent`)),
      h('li', {}, t('letter.enter'), h('strong', { class: 'letter-code' }, grouped(letter.code))),
      h('li', {}, t('letter.mail'))),
    h('p', { class: 'letter-foot' }, t('letter.private')))));
  document.body.append(place);
  window.addEventListener('afterprint', () => place.remove(), { once: true });
  window.print();
}
