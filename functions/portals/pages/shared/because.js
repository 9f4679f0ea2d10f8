// Asking why before something is done to somebody else's account: a reason of a list, and the number of a case.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, options } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

/** Asks why in a dialog, and does `work(reason)` with the answer. */
export function because({ title, text, button, reasons, work }) {
  const form = h('form', { class: 'stack' },
    h('p', {}, text),
    field(t('why.label'), h('select', { name: 'reason', data: { testid: 'reason' } }, options(reasons.map((one) => [one, t(`why.${one}`)]), reasons[0]))),
    field(t('why.case'), h('input', { name: 'case', maxlength: 40, pattern: String.raw`[A-Za-z0-9\-]*[0-9][A-Za-z0-9\-]*`, autocomplete: 'off' }), t('why.case_help')),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'because' } }, button));
  const dialog = openDialog(title, form);
  onSubmit(form, async (typed) => {
    await work(typed.case ? { reason: typed.reason, case: typed.case } : { reason: typed.reason });
    dialog.close();
  });
}
