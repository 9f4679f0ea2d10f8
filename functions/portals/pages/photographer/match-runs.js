// Runs that may hide a card: shown first, with their reasons, and held back until the user assigns them.

import { post } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { notice, say } from '/assets/shared/elements.js';
import { photoGrid } from '/assets/shared/photo-grid.js';
import { cameraTime, knows, t } from '/assets/shared/words.js';
import { openPhoto } from '/assets/photographer/match-photos.js';

/** The doubtful runs of a day; null when there are none. */
export function doubtfulRuns({ runs, names, pickers, changed }) {
  if (!runs.length) return null;
  return h('section', { class: 'part runs', data: { testid: 'doubtful-runs' } },
    h('h3', { class: 'part-title' }, t('runs.heading', { count: runs.length })),
    notice('warn', h('p', {}, t('runs.lead'))),
    runs.map((run) => oneRun({ run, names, pickers, changed })));
}

function oneRun({ run, names, pickers, changed }) {
  const name = run.student_name;
  const count = run.photos.length;
  const title = h('h4', { id: `run-${run.id}` }, t('runs.whose', { name }));
  const button = h('button', { type: 'button', data: { testid: `confirm-${run.id}` } }, t('runs.confirm', { count, name }));

  const grid = photoGrid({
    testId: 'run-photos',
    onStale: changed,
    tile: (photo) => ({ key: photo.id, src: photo.thumbnail_url, alt: alt(photo), caption: caption(photo) }),
    onPress: (photo) => openPhoto({ photo, names, pickers, changed }),
  });
  const alt = (photo) => (photo.is_camera_card ? t('runs.alt_card', { name }) : t('tray.alt', { name: photo.name }));
  const caption = (photo) => h('span', {}, photo.is_camera_card ? t('runs.card') : h('bdi', {}, photo.name),
    photo.captured_at && h('span', { class: 'photo-more' }, cameraTime(photo.captured_at)));

  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try {
      await post(`/v1/runs/${run.id}/confirmation`, { version: run.version });
      say(t('runs.confirmed', { count, name }));
    } catch (problem) {
      say(problem.message, 'bad');
    } finally {
      button.removeAttribute('aria-busy');
    }
    await changed();
  });

  grid.show([run.card, ...run.photos]);
  const time = run.card.captured_at && cameraTime(run.card.captured_at);
  return h('article', { class: 'run', 'aria-labelledby': title.id, data: { testid: `run-${run.id}` } },
    title,
    h('p', { class: 'muted small' }, time ? t('runs.where', { camera: run.camera, time, count }) : t('runs.where_no_time', { camera: run.camera, count })),
    h('ul', { class: 'run-reasons' }, run.reasons.map((reason) => h('li', {}, knows(`doubt.${reason.code}`) ? t(`doubt.${reason.code}`) : reason.text))),
    grid.place,
    h('div', { class: 'run-decide' }, button, h('p', { class: 'muted small' }, t('runs.or_each', { count }))));
}
