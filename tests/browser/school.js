// The school of the tests: its roster, and the memory cards of the two cameras.

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program } from './runner.js';

const FRAMES = 2;
// Number of files per student: their frames and their card.
export const FILES_EACH = FRAMES + 1;

/** Family name, given name and class. The last student has no card. */
export const STUDENTS = [
  ["O'Brien", 'Maya', '3A'], ['Wiśniewski', 'Łukasz', '3A'], ['小龙', '李', '3A'],
  ['Smith', 'Emma', '4B'], ['Núñez de la Cruz', 'Santiago', '4B'], ['Te Whāiti', 'Grace', '4B'],
  ['Ødegård', 'Bjørn', '4B'],
];
export const WITH_CARD = STUDENTS.slice(0, -1);
export const WITHOUT_CARD = STUDENTS.at(-1);

/** As offices export it: with a column that is never imported, and an id that a spreadsheet has rounded. */
export const ROSTER = {
  name: 'roster.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from([
    'Student ID,Last Name,First Name,Homeroom,Date of Birth',
    ...STUDENTS.map(([family, given, room], at) => `0004${at},${family},${given},${room},2017-05-0${at + 1}`),
    '1.23457E+11,Nobody,No,4B,2017-05-09',
  ].join('\r\n')),
};

/** Fills a folder with the files of one camera: `early` frames before any card, then for each text its card and its
 * student's frames. Returns the file names in the order they were taken. */
export async function shoot(folder, { serial, seed, early = 0, qrTexts }) {
  const shooting = promisify(execFile)(await program('examples/camera'));
  shooting.child.stdin.end([folder, serial, seed, early, ...qrTexts].join('\n'));
  await shooting;
  return (await readdir(folder)).sort();
}

/** Two cameras, one class each; the second takes one frame before its first card. `qrTexts` by given name. */
export async function photograph(folder, qrTexts) {
  const lanes = [];
  for (const [at, room] of ['3A', '4B'].entries()) {
    const students = WITH_CARD.filter((student) => student[2] === room);
    const early = at;
    const own = join(folder, room);
    const names = await shoot(own, { serial: at + 1, seed: at * 100, early, qrTexts: students.map(([, given]) => qrTexts.get(given)) });
    const framesOf = (student) => names.slice(early + student * FILES_EACH + 1, early + (student + 1) * FILES_EACH);
    lanes.push({
      files: names.map((name) => join(own, name)),
      early: names.slice(0, early),
      frames: new Map(students.map(([, given], student) => [given, framesOf(student)])),
    });
  }
  return lanes;
}
