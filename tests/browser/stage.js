// The environment of a suite: a browser, its own runner, and a folder for memory cards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { launch } from './chromium.js';
import { Runner } from './runner.js';

/** Provides `browser`, `runner` (with its own `options`) and `cards` during the suite's tests; then removes them. */
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
