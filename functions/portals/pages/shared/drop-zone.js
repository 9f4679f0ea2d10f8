// Where files are dropped or picked: the whole area takes a drop, the button inside opens the picker.

import { h, icon } from '/assets/shared/dom.js';

/** `onFiles(files)` gets what was dropped or picked; folders are opened. */
export function dropZone({ title, hint, button, accept, multiple, onFiles, testId }) {
  const input = h('input', { type: 'file', accept, multiple, class: 'seen-by-readers', 'aria-label': button, tabindex: -1, data: { testid: testId } });
  const zone = h('div', { class: 'drop' },
    h('span', { class: 'drop-icon' }, icon('upload')),
    h('div', { class: 'drop-words' }, h('p', { class: 'drop-title' }, title), hint && h('p', { class: 'muted small' }, hint)),
    h('button', { type: 'button', onclick: () => input.click() }, button),
    input);

  input.addEventListener('change', () => {
    const files = [...input.files];
    input.value = ''; // the same file may be picked again
    if (files.length) onFiles(files);
  });

  let depth = 0; // dragenter and dragleave also come from the children
  zone.addEventListener('dragenter', (event) => {
    event.preventDefault();
    depth += 1;
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => {
    depth -= 1;
    if (depth === 0) zone.classList.remove('over');
  });
  zone.addEventListener('dragover', (event) => event.preventDefault());
  zone.addEventListener('drop', async (event) => {
    event.preventDefault();
    depth = 0;
    zone.classList.remove('over');
    const files = await filesOf(event.dataTransfer);
    if (files.length) onFiles(multiple ? files : files.slice(0, 1));
  });
  return zone;
}

/** Files of a drop; a folder gives the files in it, at any depth. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(opened))).flat();
}

async function opened(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // a reader answers at most 100 entries at a time, and none when it is through
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(opened))).flat();
}

/** A file dropped beside the zone must not replace the page. */
export function guardAgainstStrayDrops() {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (event) => event.preventDefault());
}
