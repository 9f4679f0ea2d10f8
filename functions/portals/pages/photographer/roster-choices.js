// The choices for reading a file: the encoding, the sheet, the columns.

import { get } from '/assets/shared/api.js';
import { h } from '/assets/shared/dom.js';
import { failedState, field, notice, options, skeleton } from '/assets/shared/elements.js';
import { t } from '/assets/shared/words.js';
import { columnsForm } from '/assets/photographer/roster-mapping.js';

const samples = new Map(); // one request per import, however many parts show it

function sampleOf(id) {
  if (!samples.has(id)) samples.set(id, get(`/v1/roster-imports/${id}/sample`));
  return samples.get(id);
}

/** Draws `part(sample)` into `place` when the sample has arrived. */
function withSample(roster, part) {
  const place = h('div', {}, skeleton(3));
  const show = async () => {
    try {
      const drawn = part(await sampleOf(roster.id));
      place.replaceChildren(...[drawn].flat(Infinity).filter(Boolean));
    } catch (problem) {
      if (!('code' in problem)) console.error(problem);
      samples.delete(roster.id);
      place.replaceChildren(failedState(problem, show));
    }
  };
  show();
  return place;
}

/** Ten names as read, with other possible readings and the controls to choose. */
export function namesPart(roster, readAgain) {
  return withSample(roster, (sample) => sample.names.length > 0 && h('section', { class: 'part', data: { testid: 'names' } },
    h('h2', { class: 'part-title' }, t('import.names')),
    roster.is_encoding_certain
      ? [sample.encoding && h('p', { class: 'muted' }, t('import.names_text')), namesList(sample.names)]
      : notice('warn', h('p', {}, t('import.names_unsure')), candidates(sample, readAgain)),
    sample.other_rows && h('p', { class: 'muted small' }, t('import.encoding_other_rows', { encoding: sample.other_rows })),
    h('div', { class: 'reading-choices' },
      sample.encoding && field(t('import.encoding'), select(sample.known_encodings, sample.encoding, readAgain && ((encoding) => readAgain({ encoding })), 'encoding')),
      sample.sheets.length > 1 && field(t('import.sheet'), select(sample.sheets, sample.sheet, readAgain && ((sheet) => readAgain({ sheet, mapping: null, header_row: null })), 'sheet'))),
    !readAgain && h('p', { class: 'muted small' }, t('import.mapping_fixed'))));
}

function namesList(names) {
  return h('ul', { class: 'names-read' }, names.map((name) => h('li', {}, h('bdi', {}, fullName(name)))));
}

/** Each possible encoding, with the names as read in it. */
function candidates(sample, readAgain) {
  return h('ul', { class: 'plain-list candidates' }, sample.encodings.map(({ encoding, names }) => h('li', {},
    h('span', {}, h('span', { class: 'muted small' }, encoding), ' ', h('bdi', {}, names.slice(0, 5).map(fullName).join(' · '))),
    readAgain && h('button', { type: 'button', onclick: () => readAgain({ encoding }), data: { testid: 'take-encoding', encoding } }, t('import.names_choose')))));
}

const fullName = ({ given_name: given, family_name: family }) => [given, family].filter(Boolean).join(' ');

function select(all, chosen, onChoose, testId) {
  const element = h('select', { disabled: !onChoose, data: { testid: testId } }, options(all.map((one) => [one, one]), chosen));
  element.addEventListener('change', () => onChoose?.(element.value));
  return element;
}

/** The columns with their first cells. */
export function samplePart(roster, readAgain, isAsked = false) {
  return withSample(roster, (sample) => columnsForm(roster, sample, readAgain, isAsked));
}
