// What a suite plays on: a browser, a runner of its own, and a folder for memory cards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { launch } from './chromium.js';
import { Runner } from './runner.js';

/** There once the suite's tests run: `browser`, `runner` (with `options` of its own) and `cards`. Gone when they have. */
export function stage(options = {}) {
  const there = {};
  before(async () => {
    there.browser = await launch();
    there.runner = await Runner.start(options);
    there.cards = await mkdtemp(join(tmpdir(), 'camera-'));
  });
  after(async () => {
    await there.browser?.close();
    await there.runner?.stop();
    if (there.cards) await rm(there.cards, { recursive: true, force: true });
  });
  return there;
}
