// Imports a roster: drop the file, preview the changes before anything is written, apply, undo.

import { get, post } from '/assets/shared/api.js';
import { byId, h, icon, inAddress, patience } from '/assets/shared/dom.js';
import { dropZone, guardAgainstStrayDrops } from '/assets/shared/drop-zone.js';
import { failedState, notice, screen, skeleton } from '/assets/shared/elements.js';
import { moment, number, size, t } from '/assets/shared/words.js';
import { namesPart, samplePart } from '/assets/photographer/roster-choices.js';
import { conflictsPart } from '/assets/photographer/roster-conflicts.js';
import { ACCEPT, MOST_BYTES, sendRoster } from '/assets/photographer/roster-file.js';
import { refusedColumns, rowsPart, warningsPart } from '/assets/photographer/roster-rows.js';
import { wholePart } from '/assets/photographer/roster-whole.js';
import { reasonOf } from '/assets/photographer/reasons.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

// These states change without the user; the others wait for the photographer.
const BUSY = new Set(['reading', 'applying', 'undoing']);

const schoolId = inAddress('school');
let file = null; // kept, so that it can be read again with other choices
let choices = {}; // the choices of the last reading

guardAgainstStrayDrops();
await startPhotographer('schools');
const place = h('div', { 'aria-live': 'polite' });
screen(byId('screen'), {
  load: async () => ({
    school: await get(`/v1/schools/${schoolId}`),
    roster: inAddress('import') ? await get(`/v1/roster-imports/${inAddress('import')}`) : null,
  }),
  draw: ({ school, roster }) => {
    if (roster) follow(roster);
    else ask();
    return [heading({ trail: [[t('nav.schools'), '/photographer/schools'], [school.name, `/photographer/school?id=${school.id}`]], title: t('import.heading'), line: t('import.lead') }), place];
  },
});

function ask(problem = null) {
  place.replaceChildren(...[
    problem && notice('bad', problem),
    dropZone({ title: t('import.drop'), hint: t('import.drop_hint'), button: t('import.pick'), accept: ACCEPT, multiple: false, onFiles: ([one]) => bring(one), testId: 'roster-file' }),
    h('section', { class: 'part split' },
      h('div', {}, h('h2', { class: 'part-title' }, t('import.columns')), h('p', { class: 'muted' }, t('import.columns_text'))),
      h('div', {}, h('h2', { class: 'part-title' }, t('import.never')), h('p', { class: 'muted' }, t('import.never_text')))),
  ].filter(Boolean));
}

async function bring(one, asked = {}) {
  file = one;
  choices = asked;
  if (file.size === 0) return ask(t('import.empty_file'));
  if (file.size > MOST_BYTES) return ask(t('import.too_large', { size: size(file.size) }));
  wait(t('import.sending', { name: file.name }));
  const sent = (done) => wait(t('import.uploading', { name: file.name, done: size(done), total: size(file.size) }), { done, total: file.size });
  try {
    const roster = await sendRoster(schoolId, file, choices, sent);
    history.replaceState(null, '', `?school=${schoolId}&import=${roster.id}`);
    await follow(roster);
  } catch (problem) {
    ask(reasonOf(problem.code, problem.message));
  }
}

/** Reads the same file again with another choice; missing when the file is no longer in memory. */
const readAgain = () => file && ((more) => bring(file, { ...choices, ...more }));

function wait(words, progress = null) {
  // The bar stays the same element, so that a screen reader does not announce a new one each time.
  const bar = place.querySelector('.waiting progress');
  const line = place.querySelector('.waiting .lead');
  if (bar && line && progress) {
    line.textContent = words;
    bar.max = progress.total || 1;
    bar.value = progress.done;
    return;
  }
  place.replaceChildren(h('div', { class: 'waiting', data: { testid: 'waiting' } },
    h('p', { class: 'lead' }, words),
    progress ? h('progress', { max: progress.total || 1, value: progress.done, 'aria-label': words }) : skeleton(4)));
}

/** Shows an import, and polls it until it is at rest. */
async function follow(roster) {
  let now = roster;
  const rest = patience();
  while (BUSY.has(now.state)) {
    const { done = 0, total = 0 } = now.progress ?? {};
    wait(now.state === 'reading' && !total ? t('import.opening') : t(`import.${now.state}`, { done, total }), now.progress);
    await rest();
    try {
      now = await get(`/v1/roster-imports/${now.id}`);
    } catch (problem) {
      place.replaceChildren(failedState(problem, () => follow(now)));
      return;
    }
  }
  place.replaceChildren(...[drawn(now)].flat().filter(Boolean));
}

function drawn(roster) {
  if (roster.state === 'unclear') return unclear(roster);
  if (roster.state === 'uploading') return [notice('bad', t('import.not_sent')), another()];
  if (roster.state === 'failed' || !roster.preview) return [notice('bad', reasonOf(roster.reason, roster.reason_text) || t('import.failed')), another()];
  if (roster.state === 'applied') return applied(roster);
  if (roster.state === 'undone') return [notice('good', t('import.undone')), kept(roster), another()];
  return previewed(roster);
}

/** The columns are unclear: the user chooses them from the first rows. */
function unclear(roster) {
  return [
    h('div', { class: 'import-head' },
      h('div', {}, h('h2', {}, t('import.unclear')), h('p', {}, reasonOf(roster.reason, roster.reason_text))),
      h('div', { class: 'actions' }, another())),
    h('p', { class: 'muted lead-in' }, t('import.unclear_text')),
    samplePart(roster, readAgain(), true),
  ];
}

// ---- preview ----

function previewed(roster) {
  const { preview } = roster;
  const changes = preview.added + preview.changed + preview.left + preview.conflicts;
  const apply = h('button', { type: 'button', class: 'primary', data: { testid: 'apply' } }, t('import.apply'));
  const whole = wholePart(roster, readAgain(), (isConfirmed) => {
    apply.disabled = changes === 0 || !roster.is_encoding_certain || !isConfirmed;
  });
  apply.addEventListener('click', () => act(roster, 'apply', apply, preview.left ? { confirm_left: preview.left } : {}));
  return [
    h('div', { class: 'import-head' },
      h('div', {}, h('h2', {}, t('import.preview')), h('p', { class: 'muted' }, changes ? t('import.nothing_yet') : t('import.no_change'))),
      h('div', { class: 'actions' }, another(), apply)),
    whole.warning,
    counts(roster),
    namesPart(roster, readAgain()),
    warningsPart(roster, readAgain()),
    conflictsPart(roster),
    refusedColumns(roster.refused_columns ?? []),
    rowsPart(roster),
    whole.choice,
    samplePart(roster, readAgain()),
  ];
}

/** Kinds without rows are not counted, except for those that users look for first. */
const ALWAYS = new Set(['added', 'changed', 'unchanged', 'refused']);

function counts({ preview, scope }) {
  const isShown = (name) => ALWAYS.has(name) || preview[name] > 0 || (name === 'left' && scope === 'whole');
  const count = (name) => h('div', { class: preview[name] ? `count ${name}` : 'count none', data: { testid: `count-${name}` } },
    h('dt', {}, t(`import.count_${name}`)), h('dd', {}, number(preview[name] ?? 0)));
  return h('dl', { class: 'counts' }, ['added', 'changed', 'left', 'conflicts', 'unchanged', 'duplicates', 'refused', 'skipped'].filter(isShown).map(count));
}

async function act(roster, verb, button, body = {}) {
  button.setAttribute('aria-busy', 'true');
  button.disabled = true;
  try {
    const answer = await post(`/v1/roster-imports/${roster.id}/${verb}`, body);
    await follow({ ...roster, ...answer });
  } catch (problem) {
    button.disabled = false;
    button.removeAttribute('aria-busy');
    place.prepend(notice('bad', problem.message));
  }
}

// ---- afterwards ----

function applied(roster) {
  const canUndo = roster.undo_until && new Date(roster.undo_until) > new Date();
  const undo = h('button', { type: 'button', data: { testid: 'undo' } }, icon('again'), t('import.undo'));
  undo.addEventListener('click', () => act(roster, 'undo', undo));
  return [
    notice('good', t('import.applied')),
    kept(roster),
    roster.left_out > 0 && notice('warn', t('import.left_out', { count: roster.left_out })),
    counts(roster),
    h('div', { class: 'actions start' },
      h('a', { class: 'button primary', href: `/photographer/school?id=${schoolId}`, data: { testid: 'to-school' } }, t('import.to_school')),
      canUndo && undo),
    canUndo && h('p', { class: 'muted small' }, t('import.undo_until', { time: moment(roster.undo_until) })),
  ];
}

/** Students who were changed since then stay as they are, and the page says so. */
function kept(roster) {
  return roster.kept > 0 && notice('warn', t('import.kept', { count: roster.kept }));
}

function another() {
  return h('button', { type: 'button', onclick: () => {
    history.replaceState(null, '', `?school=${schoolId}`);
    ask();
  } }, t('import.another'));
}
