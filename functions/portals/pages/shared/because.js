// Requires a reason before an action on another person's account: a reason from a list, and a case number.

import { h } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, options } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

/** Asks for the reason in a dialog, and runs `work(reason)`. */
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
