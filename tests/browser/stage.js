// What a suite with a photographer in it plays on: a browser, a runner of its own, and a folder for the memory cards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { launch } from './chromium.js';
import { Runner } from './runner.js';

/** There once the suite's tests run: `browser`, `runner` and `cards`. Gone when they have. */
export function stage() {
  const there = {};
  before(async () => {
    there.browser = await launch();
    there.runner = await Runner.start();
    there.cards = await mkdtemp(join(tmpdir(), 'camera-'));
  });
  after(async () => {
    await there.browser?.close();
    await there.runner?.stop();
    if (there.cards) await rm(there.cards, { recursive: true, force: true });
  });
  return there;
}
