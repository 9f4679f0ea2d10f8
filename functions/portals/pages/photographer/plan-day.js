// The dialog that plans a picture day.

import { post } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, options } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';

const KINDS = ['fall', 'spring', 'retake', 'graduation', 'other'];

/** Opens the dialog for one of these schools, and then the new day's page. */
export function planPictureDay(schools) {
  const form = h('form', { class: 'stack' },
    schools.length > 1
      ? field(t('plan.school'), h('select', { name: 'school' }, options(schools.map(({ id, name }) => [id, name]))))
      : h('input', { type: 'hidden', name: 'school', value: schools[0].id }),
    field(t('plan.date'), h('input', { name: 'date', type: 'date', required: true, data: { testid: 'day-date' } }), t('plan.date_help')),
    field(t('plan.kind'), h('select', { name: 'kind', data: { testid: 'day-kind' } }, options(KINDS.map((kind) => [kind, t(`kind.${kind}`)])))),
    h('button', { type: 'submit', class: 'primary', data: { testid: 'create-day' } }, t('plan.submit')));
  onSubmit(form, async ({ school, date, kind }) => {
    const day = await post(`/v1/schools/${school}/picture-days`, { date, kind });
    location.assign(`/photographer/picture-day?id=${day.id}`);
  });
  openDialog(t('plan.heading'), form, { testId: 'plan-day-dialog' });
}
