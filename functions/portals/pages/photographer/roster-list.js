// The imports of a school: what was imported when, and the undo while it is possible.

import { get, post } from '/assets/shared/api.js';
import { h, icon } from '/assets/shared/dom.js';
import { failedState, openDialog, pill, say } from '/assets/shared/elements.js';
import { moment, t } from '/assets/shared/words.js';
import { reasonOf } from '/assets/photographer/reasons.js';

// A file is often read several times before it fits: the applied import stays visible, with its undo.
const PAGE = 10;
const KINDS = { applied: 'good', failed: 'warn', uploading: 'warn', unclear: 'warn', previewed: 'warn' };

/** The list, from its first page. `me` is the current user; `onUndone()` redraws the school. */
export function importsPart(school, first, me, onUndone) {
  if (!first.items.length) return null;
  const list = h('ul', { class: 'rows', data: { testid: 'imports' } });
  const part = h('section', { class: 'part' }, h('h2', { class: 'part-title' }, t('imports.heading')), list);
  show(first);
  return part;

  function show({ items, next_cursor: next }) {
    list.append(...items.map((roster) => entry(school, roster, me, onUndone)));
    if (!next) return;
    const more = h('button', { type: 'button', onclick: async () => {
      try {
        const page = await get(`/v1/schools/${school}/roster-imports`, { limit: PAGE, cursor: next });
        more.remove();
        show(page);
      } catch (problem) {
        part.append(failedState(problem));
      }
    } }, t('imports.more'));
    part.append(more);
  }
}

export const firstImports = (school) => get(`/v1/schools/${school}/roster-imports`, { limit: PAGE });

function entry(school, roster, me, onUndone) {
  const isMine = roster.created_by && roster.created_by === me;
  const when = [moment(roster.applied_at ?? roster.created_at), isMine && t('imports.by_me'), t(roster.scope === 'whole' ? 'imports.whole' : 'imports.part')].filter(Boolean).join(' · ');
  const counts = roster.state === 'applied' || roster.state === 'undone' ? roster : roster.preview;
  const canUndo = roster.undo_until && new Date(roster.undo_until) > new Date();
  return h('li', { class: 'import-entry' },
    h('a', { class: 'row-link', href: `/photographer/import?school=${school}&import=${roster.id}` },
      h('span', { class: 'row-icon' }, icon('upload')),
      h('span', { class: 'row-words' },
        h('span', {}, h('strong', {}, counts ? t(counts.left ? 'imports.counts_left' : 'imports.counts', counts) : t('imports.file')), ' ', pill(t(`imports.state.${roster.state}`), KINDS[roster.state] ?? 'plain')),
        h('span', { class: 'muted small' }, when),
        roster.reason && h('span', { class: 'muted small' }, reasonOf(roster.reason)),
        canUndo && h('span', { class: 'muted small' }, t('imports.undo_until', { time: moment(roster.undo_until) }))),
      icon('on')),
    canUndo && undoButton(roster, onUndone));
}

function undoButton(roster, onUndone) {
  return h('button', { type: 'button', onclick: () => askToUndo(roster, onUndone), data: { testid: 'undo-import' } }, icon('again'), t('imports.undo'));
}

function askToUndo(roster, onUndone) {
  const button = h('button', { type: 'button', class: 'primary', data: { testid: 'undo-sure' } }, t('imports.undo'));
  const dialog = openDialog(t('imports.undo'), [h('p', {}, t('imports.undo_sure')), h('div', { class: 'actions' }, button)]);
  button.addEventListener('click', async () => {
    button.setAttribute('aria-busy', 'true');
    try {
      const answer = await post(`/v1/roster-imports/${roster.id}/undo`, {});
      dialog.close();
      say(t(answer.state === 'undone' ? 'imports.undone' : 'imports.undoing'));
      onUndone();
    } catch (problem) {
      button.removeAttribute('aria-busy');
      say(problem.message, 'bad');
    }
  });
}
