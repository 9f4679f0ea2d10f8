// The lane of one camera: its label, its drop area, and a line with a bar for each file.

import { h, icon } from '/assets/shared/dom.js';
import { dropZone } from '/assets/shared/drop-zone.js';
import { field } from '/assets/shared/elements.js';
import { ARRIVED, OVER } from '/assets/shared/uploader.js';
import { size, t } from '/assets/shared/words.js';
import { reasonOf } from '/assets/photographer/reasons.js';

// The API's rule: 1 to 20 letters, digits, spaces, hyphens or underscores.
const LABEL = '[A-Za-z0-9 _\\-]{1,20}';
// The maximum number of finished files in the list. The rest is a number, because 2,400 lines would only slow
// scrolling.
const DONE_SHOWN = 100;
const ON_TOP = new Set(['uploading', 'failed', 'refused']);
const END_ICON = { stored: 'check', duplicate: 'check', refused: 'alert', failed: 'alert' };

export function cameraLane({ label, uploader, taken }) {
  const input = h('input', { value: label, required: true, maxlength: 20, pattern: LABEL, autocomplete: 'off', spellcheck: 'false', data: { testid: 'camera-label' } });
  const lines = new Map();
  const list = h('ul', { class: 'files', 'aria-label': t('upload.files_of', { camera: label }), tabindex: 0, hidden: true, data: { testid: 'upload-files' } });
  const more = h('p', { class: 'muted small', hidden: true });
  const done = [];
  let hidden = 0;
  let camera = null; // fixed after the first files, which are registered with it

  const zone = dropZone({ title: t('upload.drop'), hint: t('upload.drop_hint'), button: t('upload.pick'), accept: 'image/jpeg,image/png,.jpg,.jpeg,.jpe,.jfif,.png', multiple: true, onFiles: take, testId: 'photo-files' });
  const element = h('section', { class: 'lane', 'aria-label': label },
    h('div', { class: 'lane-label' }, field(t('upload.camera'), input, t('upload.camera_help'))),
    zone, list, more);

  function take(files) {
    input.value = input.value.trim();
    input.setCustomValidity(camera === null && taken(input.value) ? t('upload.camera_taken') : '');
    if (!input.reportValidity()) return;
    camera = input.value;
    input.readOnly = true;
    element.setAttribute('aria-label', camera);
    list.setAttribute('aria-label', t('upload.files_of', { camera }));
    const added = uploader.add(camera, files.filter((file) => !file.name.startsWith('.')));
    list.hidden = false;
    list.append(...added.map((file) => lineOf(file).element));
  }

  function lineOf(file) {
    if (lines.has(file)) return lines.get(file);
    const state = h('span', { class: 'file-state' });
    const bar = h('progress', { max: Math.max(file.bytes, 1), value: 0, 'aria-label': file.name, hidden: true });
    const retry = h('button', { type: 'button', class: 'quiet small', hidden: true, onclick: () => uploader.retry(file) }, t('upload.retry'));
    const line = { state, bar, retry, element: h('li', { class: 'file' }, h('bdi', { class: 'file-name' }, file.name), h('span', { class: 'file-size muted figures' }, size(file.bytes)), state, retry, bar) };
    lines.set(file, line);
    fill(file, line);
    return line;
  }

  function fill(file, { element: row, state, bar, retry }) {
    row.dataset.state = file.state;
    const words = file.state === 'refused' ? reasonOf(file.code) : file.reason ?? t(`file.${file.state}`);
    if (state.textContent !== words) state.replaceChildren(...[OVER.has(file.state) ? icon(END_ICON[file.state]) : null, words].filter(Boolean));
    bar.hidden = file.state !== 'uploading';
    bar.value = file.sent;
    retry.hidden = file.state !== 'failed';
  }

  function draw(files) {
    for (const file of files) {
      const line = lines.get(file);
      if (!line) continue;
      const isTurned = line.element.dataset.state !== file.state;
      fill(file, line);
      if (!isTurned) continue;
      // active files are on top, failed ones stay there, finished ones move down and finally leave the list
      if (ON_TOP.has(file.state)) list.prepend(line.element);
      if (ARRIVED.has(file.state)) {
        done.push(file);
        list.append(line.element);
      }
    }
    while (done.length > DONE_SHOWN) {
      const file = done.shift();
      lines.get(file)?.element.remove();
      lines.delete(file);
      hidden += 1;
    }
    more.hidden = hidden === 0;
    more.textContent = t('upload.more_done', { count: hidden });
  }
  return { element, draw, camera: () => camera ?? input.value.trim(), focus: () => input.select() };
}
