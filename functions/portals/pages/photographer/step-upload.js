// Step 2: camera files go directly to S3, one lane per camera; then the page shows their check and match.

import { byId, calmly, h, icon } from '/assets/shared/dom.js';
import { guardAgainstStrayDrops } from '/assets/shared/drop-zone.js';
import { notice } from '/assets/shared/elements.js';
import { ARRIVED, OVER, Uploader } from '/assets/shared/uploader.js';
import { percent, size, t } from '/assets/shared/words.js';
import { intakeProgress } from '/assets/photographer/intake-progress.js';
import { cameraLane } from '/assets/photographer/camera-lane.js';

const DRAW_MS = 150;

export function uploadStep(context) {
  const { day, tell } = context;
  guardAgainstStrayDrops();
  const intake = intakeProgress(context, { isUploading: () => uploader.isBusy });
  const uploader = new Uploader(day.id, { onChange: (file) => {
    if (file) changed.add(file);
    draw();
  } });
  const changed = new Set();
  const lanes = [];
  const lanesPlace = h('div', { class: 'lanes' });
  const overall = overallPart(uploader);
  const draw = calmly(DRAW_MS, () => {
    const files = [...changed];
    changed.clear();
    for (const lane of lanes) lane.draw(files.filter((file) => file.camera === lane.camera()));
    const now = overall.draw();
    if (now.all) tell('upload', t('of', { part: now.over, all: now.all }), now.failed ? 'bad' : now.over === now.all ? 'good' : 'plain');
    if (files.some((file) => ARRIVED.has(file.state))) intake.watch();
  });

  const addLane = () => {
    const lane = cameraLane({ label: t('upload.camera_label', { letter: String.fromCharCode(65 + lanes.length) }), uploader, taken: (name) => lanes.some((one) => one !== lane && one.camera() === name) });
    lanes.push(lane);
    lanesPlace.append(lane.element);
    return lane;
  };
  addLane();

  const element = h('section', { 'aria-labelledby': 'upload-title' },
    h('h2', { id: 'upload-title' }, t('upload.heading')),
    h('p', { class: 'lead' }, t('upload.lead')),
    overall.element,
    lanesPlace,
    h('p', {}, h('button', { type: 'button', class: 'quiet', onclick: () => addLane().focus(), data: { testid: 'add-camera' } }, icon('plus'), t('upload.add_camera'))),
    intake.element);
  intake.watch();
  return { element };
}

/** The total progress bar, pause and retry, and a note whether the tab may be closed. */
function overallPart(uploader) {
  const bar = h('progress', { max: 1, value: 0, 'aria-label': t('upload.overall'), data: { testid: 'upload-overall' } });
  const words = h('p', { class: 'overall-words', role: 'status', data: { testid: 'upload-words' } });
  const figures = h('p', { class: 'overall-figures figures' });
  const pauseButton = h('button', { type: 'button', onclick: () => (uploader.isPaused ? uploader.resume() : uploader.pause()), data: { testid: 'pause' } });
  const retryButton = h('button', { type: 'button', onclick: () => uploader.retryAll(), data: { testid: 'retry-all' } }, icon('again'), t('upload.retry_all'));
  const note = h('div', { id: 'upload-note' });
  const element = h('div', { class: 'overall', hidden: true },
    h('div', { class: 'overall-head' }, h('div', {}, words, figures), h('div', { class: 'actions' }, retryButton, pauseButton)),
    bar, note);
  let noteName = '';

  function draw() {
    const { files } = uploader;
    element.hidden = files.length === 0;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const sent = files.reduce((sum, file) => sum + (OVER.has(file.state) ? file.bytes : file.sent), 0);
    const count = (...states) => files.filter((file) => states.includes(file.state)).length;
    const now = { all: files.length, over: files.filter((file) => OVER.has(file.state)).length, failed: count('failed'), refused: count('refused'), duplicate: count('duplicate') };
    bar.max = bytes || 1;
    bar.value = sent;
    figures.textContent = t('upload.figures', { done: now.over, all: now.all, sent: size(sent), bytes: size(bytes), percent: percent(sent, bytes) });
    const said = uploader.isPaused && uploader.isBusy ? t('upload.paused')
      : uploader.isOffline ? t('upload.offline')
        : uploader.isBusy ? t('upload.running', { count: now.all - now.over })
          : now.failed ? t('upload.over_failed', { count: now.failed }) : t('upload.over', { count: count('stored', 'duplicate') });
    if (words.textContent !== said) words.textContent = said;
    pauseButton.hidden = !uploader.isBusy;
    pauseButton.replaceChildren(icon(uploader.isPaused ? 'play' : 'pause'), t(uploader.isPaused ? 'upload.resume' : 'upload.pause'));
    retryButton.hidden = now.failed === 0;
    showNote(uploader.isBusy ? 'stay' : now.failed ? 'failed' : now.refused ? 'refused' : 'close');
    return now;
  }

  function showNote(name) {
    if (name === noteName) return;
    noteName = name;
    const kind = { stay: 'info', failed: 'bad', refused: 'warn', close: 'good' }[name];
    byId('upload-note')?.replaceChildren(notice(kind, t(`upload.note_${name}`)));
  }

  return { element, draw };
}
