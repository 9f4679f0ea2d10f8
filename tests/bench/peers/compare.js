// Checks that two folders hold the same pictures, and fails if not: node compare.js ORIGINAL ONE OTHER.
//
// Sizes and orientation must be equal, and both must be equally close to the original: the web picture of
// each is compared with the original, scaled down in one step, as peak signal-to-noise ratio in decibels.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const pixels = (image) => image.raw().toBuffer({ resolveWithObject: true });

function ratio(one, other) {
  if (one.length !== other.length) return 0;
  let squares = 0;
  for (let at = 0; at < one.length; at += 1) squares += (one[at] - other[at]) ** 2;
  return 10 * Math.log10((255 ** 2 * one.length) / squares);
}

const [original, ...folders] = process.argv.slice(2);
const sizes = [];
for (const name of ['web', 'proof', 'thumbnail']) {
  const seen = [];
  for (const folder of folders) {
    const path = join(folder, `${name}.jpg`);
    const { width, height, chromaSubsampling } = await sharp(path).metadata();
    seen.push(`${width} × ${height} ${chromaSubsampling}`);
    sizes.push((await stat(path)).size);
  }
  if (seen[0] !== seen[1]) throw new Error(`${name}: ${seen.join(' and ')}`);
}
const upright = await pixels(sharp(original, { autoOrient: true }));
const { width, height } = await sharp(join(folders[0], 'web.jpg')).metadata();
const { width: w, height: h, channels } = upright.info;
const truth = await pixels(sharp(upright.data, { raw: { width: w, height: h, channels } }).resize(width, height));
const [ours, theirs] = await Promise.all(
  folders.map(async (folder) => ratio((await pixels(sharp(join(folder, 'web.jpg')))).data, truth.data)),
);
console.log(`${ours.toFixed(2)} ${theirs.toFixed(2)} ${sizes.join(' ')}`);
if (!(ours > theirs - 0.3 && theirs > 30)) throw new Error(`${ours} dB and ${theirs} dB`);
