// The tray of photos without a student: the user selects some and names their student.

import { put } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { field, onSubmit, say } from '/assets/shared/elements.js';
import { photoGrid } from '/assets/shared/photo-grid.js';
import { cameraTime, knows, t } from '/assets/shared/words.js';
import { ApiProblem } from '/assets/shared/api.js';
import { fullName } from '/assets/photographer/student-picker.js';

export function unmatchedTray(photos, pickers, changed) {
  const chosen = new Set();
  const { input, chosen: student } = pickers.picker('tray-student');
  const button = h('button', { type: 'submit', class: 'primary', data: { testid: 'assign' } });
  const hint = h('p', { class: 'muted small', role: 'status' });
  const form = h('form', { class: 'assign' }, field(t('tray.student'), input), button, hint);

  const grid = photoGrid({
    testId: 'unmatched',
    onStale: changed,
    tile: (photo) => ({ key: photo.id, src: photo.thumbnail_url, alt: t('tray.alt', { name: photo.name }), caption: caption(photo), pressed: chosen.has(photo.id) }),
    onPress: (photo) => {
      if (!chosen.delete(photo.id)) chosen.add(photo.id);
      show();
    },
  });

  function show() {
    grid.show(photos);
    button.textContent = t('tray.assign', { count: chosen.size });
    button.disabled = chosen.size === 0;
    hint.textContent = chosen.size ? t('tray.chosen', { count: chosen.size }) : t('tray.choose');
  }

  onSubmit(form, async () => {
    const whose = student();
    if (!whose) throw new ApiProblem({ status: 422, code: 'no_student', detail: t('picker.none') });
    for (const id of chosen) await put(`/v1/photos/${id}/student`, { student_id: whose.id });
    say(t('tray.done', { count: chosen.size, name: fullName(whose) }));
    await changed();
  });
  show();

  return h('section', { class: 'part tray' },
    h('h3', { class: 'part-title' }, t('tray.heading', { count: photos.length })),
    form, grid.place);
}

/** A file name and the camera's time: they distinguish frames that have no card. */
function caption(photo) {
  return h('span', {}, h('bdi', {}, photo.name), h('span', { class: 'photo-more' },
    photo.captured_at ? t('tray.caption', { camera: photo.camera, time: cameraTime(photo.captured_at) }) : photo.camera),
  knows(`unmatched.${photo.unmatched_reason}`) && h('span', { class: 'photo-more' }, t(`unmatched.${photo.unmatched_reason}`)));
}
