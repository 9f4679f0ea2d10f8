// Finds the browser that the tests drive: the Chromium of this machine; nothing is downloaded.

import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
// The browser contacts only the pages under test. QUIC is off: everything here is plain HTTP on loopback.
const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Returns `CHROMIUM`, or the first of its usual names in the path; null if there is none. */
function installed() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const places = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find(isProgram) ?? null;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const path = installed();

/** The `skip` option of tests: without Chromium a developer's machine skips and says so; CI fails. */
export const skip = !path && !process.env.CI ? 'skipped: no Chromium' : false;
if (skip) console.log(skip);

export function launch() {
  assert.ok(path, 'no Chromium: CI must have one (or set CHROMIUM)');
  return chromium.launch({ executablePath: path, headless: true, args: QUIET });
}
