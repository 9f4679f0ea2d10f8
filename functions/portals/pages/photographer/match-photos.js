// All photos of the day, by camera, in capture order. A press opens one for a decision.

import { all, ApiProblem, put, remove } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { field, onSubmit, openDialog, options, pill, say, screen, skeleton } from '/assets/shared/elements.js';
import { photoGrid } from '/assets/shared/photo-grid.js';
import { byName, cameraTime, t } from '/assets/shared/words.js';
import { fullName } from '/assets/photographer/student-picker.js';

const SHOWS = {
  all: () => true,
  matched: (photo) => photo.student_ids.length > 0,
  by_hand: (photo) => photo.matched_by === 'hand',
  cards: (photo) => photo.is_camera_card,
};

/** A fold: the photos are requested only when the user opens it. */
export function allPhotos({ day, pickers, students, changed }) {
  const names = new Map(students.map((student) => [student.id, fullName(student)]));
  const place = h('div');
  let isLoaded = false;
  const details = h('details', { class: 'fold', data: { testid: 'all-photos' } }, h('summary', {}, t('photos.heading')), place);
  details.addEventListener('toggle', () => {
    if (!details.open || isLoaded) return;
    isLoaded = true;
    screen(place, { load: () => all(`/v1/picture-days/${day.id}/photos`), draw, bones: skeleton(8, 'tile') });
  });

  function draw(first) {
    let photos = first;
    const filter = h('select', {}, options(Object.keys(SHOWS).map((name) => [name, t(`photos.show_${name}`)]), 'all'));
    const strips = h('div');
    const grids = new Map();

    const show = () => {
      const shown = photos.filter((photo) => ['checked', 'matched', 'published'].includes(photo.state) && SHOWS[filter.value](photo));
      const cameras = [...new Set(shown.map((photo) => photo.camera))].sort(byName);
      strips.replaceChildren(...cameras.map((camera) => {
        if (!grids.has(camera)) grids.set(camera, grid());
        grids.get(camera).show(shown.filter((photo) => photo.camera === camera).sort(inOrder));
        return h('section', {}, h('h4', { class: 'strip-title' }, camera), grids.get(camera).place);
      }));
      if (!cameras.length) strips.replaceChildren(h('p', { class: 'muted' }, t('photos.none')));
    };
    const reload = async () => {
      photos = await all(`/v1/picture-days/${day.id}/photos`).catch(() => photos);
      show();
    };
    const grid = () => photoGrid({
      testId: 'strip',
      onStale: reload,
      tile: (photo) => ({ key: photo.id, src: photo.thumbnail_url, alt: t('tray.alt', { name: photo.name }), caption: caption(photo) }),
      onPress: (photo) => open(photo),
    });
    const caption = (photo) => (photo.is_camera_card
      ? h('span', {}, pill(t('photos.card')), ownNames(photo))
      : h('span', {}, photo.student_ids.length ? ownNames(photo) : pill(t('photos.nobody'), 'warn'), photo.matched_by === 'hand' && h('span', { class: 'photo-more' }, t('photos.by_hand')), photo.is_held_back && h('span', { class: 'photo-more' }, t('runs.held_back'))));
    const ownNames = (photo) => h('bdi', {}, photo.student_ids.map((id) => names.get(id) ?? '–').join(' · '));
    const open = (photo) => openPhoto({ photo, names, pickers, changed: async () => {
      await reload();
      changed();
    } });
    filter.addEventListener('change', show);
    show();
    return [h('div', { class: 'filters' }, field(t('photos.show'), filter)), strips];
  }
  return details;
}

function inOrder(a, b) {
  return (a.captured_at ?? '').localeCompare(b.captured_at ?? '') || byName(a.name, b.name);
}

/** A card, enlarged: it shows a child's name and code, and belongs to no student. */
function openCard(photo) {
  openDialog(photo.name, h('div', { class: 'stack' },
    photo.thumbnail_url && h('img', { class: 'dialog-picture', src: photo.thumbnail_url, alt: t('tray.alt', { name: photo.name }) }),
    h('p', {}, t('photos.is_card'))), { testId: 'photo-dialog' });
}

/** One photo with its student and the controls to change that. */
export function openPhoto({ photo, names, pickers, changed }) {
  if (photo.is_read_card) {
    openCard(photo);
    return;
  }
  const { input, chosen } = pickers.picker('photo-student');
  const form = h('form', { class: 'stack' }, field(t(photo.student_ids.length ? 'photos.other_student' : 'tray.student'), input),
    h('button', { type: 'submit', class: 'primary' }, t('photos.assign')));
  const take = h('button', { type: 'button', class: 'danger', data: { testid: 'unassign' } }, t('photos.unassign'));
  const dialog = openDialog(photo.name, h('div', { class: 'stack' },
    photo.thumbnail_url && h('img', { class: 'dialog-picture', src: photo.thumbnail_url, alt: t('tray.alt', { name: photo.name }) }),
    h('p', {}, photo.student_ids.length
      ? t('photos.belongs', { name: photo.student_ids.map((id) => names.get(id) ?? '–').join(' · ') })
      : t('photos.belongs_nobody')),
    h('p', { class: 'muted small' }, [photo.camera, photo.captured_at && cameraTime(photo.captured_at), photo.matched_by && t(`matched_by.${photo.matched_by}`)].filter(Boolean).join(' · ')),
    form, photo.student_ids.length > 0 && take), { testId: 'photo-dialog' });

  onSubmit(form, async () => {
    const whose = chosen();
    if (!whose) throw new ApiProblem({ status: 422, code: 'no_student', detail: t('picker.none') });
    await put(`/v1/photos/${photo.id}/student`, { student_id: whose.id });
    dialog.close();
    say(t('tray.done', { count: 1, name: fullName(whose) }));
    await changed();
  });
  take.addEventListener('click', async () => {
    try {
      await remove(`/v1/photos/${photo.id}/student`);
      dialog.close();
      say(t('photos.unassigned'));
      await changed();
    } catch (problem) {
      say(problem.message, 'bad');
    }
  });
}
