// A drop area for files: the whole area accepts a drop, the button inside opens the file picker.

import { h, icon } from '/assets/shared/dom.js';

/** Calls `onFiles(files)` with dropped or picked files; folders are searched. */
export function dropZone({ title, hint, button, accept, multiple, onFiles, testId }) {
  const input = h('input', { type: 'file', accept, multiple, class: 'seen-by-readers', 'aria-label': button, tabindex: -1, data: { testid: testId } });
  const zone = h('div', { class: 'drop' },
    h('span', { class: 'drop-icon' }, icon('upload')),
    h('div', { class: 'drop-words' }, h('p', { class: 'drop-title' }, title), hint && h('p', { class: 'muted small' }, hint)),
    h('button', { type: 'button', onclick: () => input.click() }, button),
    input);

  input.addEventListener('change', () => {
    const files = [...input.files];
    input.value = ''; // so that the same file can be picked again
    if (files.length) onFiles(files);
  });

  let depth = 0; // dragenter and dragleave also fire for child elements
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

/** Returns the files of a drop; a folder gives its files at any depth. */
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
    // a reader returns at most 100 entries at a time, and none at the end
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(opened))).flat();
}

/** A file dropped beside the area must not replace the page. */
export function guardAgainstStrayDrops() {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (event) => event.preventDefault());
}
