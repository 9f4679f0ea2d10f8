// The dialog that rebuilds galleries: which ones, and until when families see them.

import { post } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { field, notice, onSubmit, openDialog } from '/assets/shared/elements.js';
import { instant, t } from '/assets/shared/words.js';

const KEEP = 'keep';
const DATE = 'date';
const NEVER = 'never';

/**
 * Asks for the expiry, builds, and passes the answer to `built`. `only` are the galleries of one button; otherwise
 * all of `galleries` and `fresh` new ones are built.
 */
export function askToBuild(day, galleries, built, { only = null, fresh = 0 } = {}) {
  const chosen = only ?? galleries;
  const ended = chosen.filter((one) => one.state === 'expired');
  const withEnd = chosen.filter((one) => one.expires_at);
  const open = chosen.filter((one) => one.state !== 'expired');
  const canKeep = open.length > 0;

  const date = h('input', { type: 'date', name: 'expires_at', required: true, min: todayAt(day.time_zone), data: { testid: 'last-day' } });
  const dateField = field(t('build.date'), date, t('build.date_help', { zone: day.time_zone.replaceAll('_', ' ') }));
  const sure = h('input', { type: 'checkbox', required: true, data: { testid: 'end-sure' } });
  const sureLine = h('label', { class: 'check' }, sure, h('span', {}, t('build.never_sure')));
  const choice = (value, words, checked) => h('label', { class: 'check' },
    h('input', { type: 'radio', name: 'end', value, checked, data: { testid: `end-${value}` } }), h('span', {}, words));
  const submit = h('button', { type: 'submit', class: 'primary', data: { testid: 'build-now' } });
  const form = h('form', { class: 'stack' },
    ended.length > 0 && notice('warn', h('p', {}, chosen.length === 1
      ? t('build.ended_one', { until: instant(ended[0].expires_at, day.time_zone) })
      : t('build.ended', { count: ended.length }))),
    h('fieldset', { class: 'choices' }, h('legend', {}, t('build.until', { count: chosen.length })),
      canKeep && choice(KEEP, keepWords(open, day), true),
      choice(DATE, t('build.until_date'), !canKeep),
      withEnd.length > 0 && choice(NEVER, t('build.never'), false)),
    dateField, sureLine,
    submit);

  const showParts = () => {
    const end = form.elements.namedItem('end').value;
    dateField.hidden = end !== DATE;
    date.disabled = dateField.hidden;
    // Removing an existing expiry needs an explicit confirmation.
    sureLine.hidden = end !== NEVER || withEnd.length === 0;
    sure.disabled = sureLine.hidden;
    submit.textContent = t('build.submit', { count: chosen.length + fresh - (end === KEEP ? ended.length : 0) });
  };
  form.addEventListener('change', showParts);
  showParts();

  onSubmit(form, async ({ end, expires_at: until }) => {
    const answer = await build(day, { ids: only?.map((one) => one.id), end: end === DATE ? until : end === NEVER ? null : undefined });
    dialog.close();
    await built(answer);
  });
  const dialog = openDialog(t(only?.length === 1 ? 'build.heading_one' : 'build.heading', { name: only?.[0].student_name }), form, { testId: 'build-dialog' });
}

/** Builds galleries. `end` is a date, `null` for no expiry, or undefined to leave it unchanged. */
export function build(day, { ids, end }) {
  return post(`/v1/picture-days/${day.id}/galleries`, {
    target: 'hosted',
    ...(ids ? { galleries: ids } : {}),
    ...(end === undefined ? {} : { expires_at: end }),
  });
}

/** The common expiry, only if all of them have the same. */
function keepWords(open, day) {
  const [end, ...others] = new Set(open.map((one) => one.expires_at ?? null));
  if (others.length) return t('build.keep_each');
  return end ? t('build.keep', { until: instant(end, day.time_zone) }) : t('build.keep_never');
}

/** Today's date at the school, in the format of a date input. */
export function todayAt(timeZone) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date());
}
