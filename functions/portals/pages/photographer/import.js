// A roster comes in: drop the file, see what would change before anything is written, apply, undo.

import { get, post, postFile } from '/assets/shared/api.js';
import { byId, h, icon, inAddress, patience } from '/assets/shared/dom.js';
import { dropZone, guardAgainstStrayDrops } from '/assets/shared/drop-zone.js';
import { failedState, notice, screen, skeleton } from '/assets/shared/elements.js';
import { number, size, t } from '/assets/shared/words.js';
import { mappingPart } from '/assets/photographer/roster-mapping.js';
import { reasonOf } from '/assets/photographer/reasons.js';
import { refusedColumns, rowsPart } from '/assets/photographer/roster-rows.js';
import { heading, startPhotographer } from '/assets/photographer/shell.js';

const MOST_BYTES = 4 * 1024 * 1024;
// These states change by themselves; the others wait for the photographer.
const BUSY = new Set(['reading', 'applying', 'undoing']);

const schoolId = inAddress('school');
let file = null; // kept to read it again with another mapping

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
    dropZone({ title: t('import.drop'), hint: t('import.drop_hint'), button: t('import.pick'), accept: '.csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain', multiple: false, onFiles: ([one]) => bring(one), testId: 'roster-file' }),
    h('section', { class: 'part split' },
      h('div', {}, h('h2', { class: 'part-title' }, t('import.columns')), h('p', { class: 'muted' }, t('import.columns_text'))),
      h('div', {}, h('h2', { class: 'part-title' }, t('import.never')), h('p', { class: 'muted' }, t('import.never_text')))),
  ].filter(Boolean));
}

async function bring(one, mapping = null) {
  file = one;
  if (file.size > MOST_BYTES) return ask(t('import.too_large', { size: size(file.size) }));
  wait(t('import.sending', { name: file.name }));
  try {
    const roster = await postFile(`/v1/schools/${schoolId}/roster-imports`, file, 'text/csv', { mapping: mapping && JSON.stringify(mapping) });
    history.replaceState(null, '', `?school=${schoolId}&import=${roster.id}`);
    await follow(roster);
  } catch (problem) {
    ask(problem.message);
  }
}

function wait(words, progress = null) {
  place.replaceChildren(h('div', { class: 'waiting' },
    h('p', { class: 'lead' }, words),
    progress ? h('progress', { max: progress.total || 1, value: progress.done, 'aria-label': words }) : skeleton(4)));
}

/** Shows an import as it stands, and again until it stands still. */
async function follow(roster) {
  let now = roster;
  const rest = patience();
  while (BUSY.has(now.state)) {
    const { done = 0, total = 0 } = now.progress ?? {};
    wait(t(`import.${now.state}`, { done, total }), now.progress);
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
  if (roster.state === 'failed' || !roster.preview) return [notice('bad', reasonOf(roster.reason, roster.reason_text) || t('import.failed')), another()];
  if (roster.state === 'applied') return applied(roster);
  if (roster.state === 'undone') return [notice('good', t('import.undone')), kept(roster), another()];
  return previewed(roster);
}

// ---- preview ----

function previewed(roster) {
  const { preview } = roster;
  const changes = preview.added + preview.changed + preview.left;
  const apply = h('button', { type: 'button', class: 'primary', disabled: changes === 0, data: { testid: 'apply' } }, t('import.apply'));
  apply.addEventListener('click', () => act(roster, 'apply', apply));
  return [
    h('div', { class: 'import-head' },
      h('div', {}, h('h2', {}, t('import.preview')), h('p', { class: 'muted' }, changes ? t('import.nothing_yet') : t('import.no_change'))),
      h('div', { class: 'actions' }, another(), apply)),
    counts(preview),
    refusedColumns(roster.refused_columns ?? []),
    rowsPart(roster),
    mappingPart(roster, file && ((mapping) => bring(file, mapping))),
  ];
}

function counts(preview) {
  const count = (name) => h('div', { class: preview[name] ? `count ${name}` : 'count none', data: { testid: `count-${name}` } },
    h('dt', {}, t(`import.count_${name}`)), h('dd', {}, number(preview[name] ?? 0)));
  return h('dl', { class: 'counts' }, ['added', 'changed', 'left', 'unchanged', 'duplicates', 'refused'].map(count));
}

async function act(roster, verb, button) {
  button.setAttribute('aria-busy', 'true');
  button.disabled = true;
  try {
    const answer = await post(`/v1/roster-imports/${roster.id}/${verb}`, {});
    await follow({ ...roster, ...answer });
  } catch (problem) {
    button.disabled = false;
    button.removeAttribute('aria-busy');
    place.prepend(notice('bad', problem.message));
  }
}

// ---- afterwards ----

function applied(roster) {
  const canUndo = !roster.undo_until || new Date(roster.undo_until) > new Date();
  const undo = h('button', { type: 'button', data: { testid: 'undo' } }, icon('again'), t('import.undo'));
  undo.addEventListener('click', () => act(roster, 'undo', undo));
  return [
    notice('good', t('import.applied')),
    kept(roster),
    counts(roster.preview),
    h('div', { class: 'actions start' },
      h('a', { class: 'button primary', href: `/photographer/school?id=${schoolId}`, data: { testid: 'to-school' } }, t('import.to_school')),
      canUndo && undo),
    canUndo && h('p', { class: 'muted small' }, t('import.undo_hint')),
  ];
}

/** Students somebody changed in between are left as they are, and that is said. */
function kept(roster) {
  return roster.kept > 0 && notice('warn', t('import.kept', { count: roster.kept }));
}

function another() {
  return h('button', { type: 'button', onclick: () => {
    history.replaceState(null, '', `?school=${schoolId}`);
    ask();
  } }, t('import.another'));
}
