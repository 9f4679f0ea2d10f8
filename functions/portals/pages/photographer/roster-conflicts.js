// Rows with one school id and two names: the user decides whether they are one child.

import { get, put } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { failedState, say, skeleton } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { reasonOf } from '/assets/photographer/reasons.js';
import { studentLine } from '/assets/photographer/roster-rows.js';

const PAGE = 50;
const DECISIONS = ['use', 'use_without_id', 'leave_out'];

export function conflictsPart(roster) {
  const { conflicts: count, conflicts_undecided: open } = roster.preview;
  if (!count) return null;
  const state = { open };
  const line = h('p', { class: 'muted', 'aria-live': 'polite', data: { testid: 'undecided' } });
  const tell = () => {
    line.textContent = state.open ? t('import.conflicts_open', { count: state.open }) : t('import.conflicts_done');
  };
  tell();
  const list = h('ul', { class: 'conflict-list', data: { testid: 'conflicts' } });
  const part = h('section', { class: 'part' },
    h('h2', { class: 'part-title' }, t('import.conflicts', { count })),
    h('p', {}, t('import.conflicts_text')), line, list);
  const decided = () => {
    state.open -= 1;
    tell();
  };
  load(roster.id, list, part, decided);
  return part;
}

async function load(id, list, part, onFirst, cursor = null) {
  const bones = skeleton(3);
  part.append(bones);
  try {
    const { items, next_cursor: next } = await get(`/v1/roster-imports/${id}/rows`, { kind: 'conflict', limit: PAGE, cursor });
    bones.remove();
    list.append(...items.map((row) => card(id, row, onFirst)));
    if (next) {
      const more = h('button', { type: 'button', onclick: () => {
        more.remove();
        load(id, list, part, onFirst, next);
      } }, t('more'));
      part.append(more);
    }
  } catch (problem) {
    bones.remove();
    const failed = failedState(problem, () => {
      failed.remove();
      load(id, list, part, onFirst, cursor);
    });
    part.append(failed);
  }
}

function card(id, row, onFirst) {
  const { known, other_rows: others, decision } = row.conflict;
  const group = `row-${row.row}`;
  let last = decision ?? null;
  const choice = (value) => {
    const input = h('input', { type: 'radio', name: group, value, checked: last === value, data: { testid: `decide-${value}` } });
    input.addEventListener('change', async () => {
      try {
        await put(`/v1/roster-imports/${id}/rows/${row.row}/decision`, { decision: value });
        if (last === null) onFirst();
        last = value;
      } catch (problem) {
        const before = last === null ? null : list.querySelector(`input[value="${last}"]`);
        input.checked = false;
        if (before) before.checked = true;
        say(problem.message, 'bad');
      }
    });
    const words = value === 'use' && known ? 'import.decide_use_known' : `import.decide_${value}`;
    return h('label', { class: 'choice' }, input, h('span', {}, t(words)));
  };
  const list = h('fieldset', {}, h('legend', { class: 'seen-by-readers' }, t('import.conflict_row', { row: row.row })), DECISIONS.map(choice));
  return h('li', { class: 'conflict' },
    h('div', { class: 'conflict-sides' },
      h('div', {}, h('p', { class: 'muted small' }, t('import.conflict_row', { row: row.row })), studentLine(row)),
      known && h('div', {}, h('p', { class: 'muted small' }, t('import.conflict_known')), studentLine(known))),
    h('p', { class: 'small' }, others.length > 0 ? t('import.conflict_others', { rows: others.join(', ') }) : reasonOf(row.reason, row.reason_text)),
    list);
}
