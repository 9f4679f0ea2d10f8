// The system under test: `picture-day` on its own port with a new data folder, and the mails it sent.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../target/debug/', import.meta.url));
const MAIL_WITHIN_MS = 30_000;
const LOOK_MS = 100;

/** Returns a program of this workspace; they are built beforehand, so that build time is not in a test's time. */
export async function program(name) {
  const path = join(BUILT, name);
  await access(path).catch(() => assert.fail(`${path} is missing: cargo build -p local --bins --examples`));
  return path;
}

export class Runner {
  #child;
  #data;
  #said = [];

  /** Starts an empty runner, or one that has played its demonstration. */
  static async start({ withDemonstration = false, more = [] } = {}) {
    const runner = new Runner();
    runner.#data = await mkdtemp(join(tmpdir(), 'picture-day-'));
    const words = [...more, ...(withDemonstration ? [] : ['--empty']), '--port', '0', '--data', runner.#data];
    runner.#child = spawn(await program('picture-day'), words, { stdio: ['ignore', 'pipe', 'pipe'] });
    process.on('exit', () => runner.#child.kill());
    createInterface(runner.#child.stderr).on('line', (line) => runner.#said.push(line));
    for await (const line of createInterface(runner.#child.stdout)) {
      runner.#said.push(line);
      const ready = line.match(/^ready (http:\/\/localhost:\d+)$/);
      if (!ready) continue;
      runner.url = ready[1];
      return runner;
    }
    return assert.fail(`the runner ended before it was ready:\n${runner.said}`);
  }

  /** Everything it printed, to find the cause of a failure. */
  get said() {
    return this.#said.join('\n');
  }

  /** Returns the accounts that the demonstration created. */
  async accounts() {
    return JSON.parse(await readFile(join(this.#data, 'demonstration.json'), 'utf8')).played;
  }

  /** Returns the link to this page in the last mail to this e-mail address. */
  async mailedLink(address, page) {
    const until = Date.now() + MAIL_WITHIN_MS;
    while (Date.now() < until) {
      const mails = await (await fetch(`${this.url}/_local/mail`)).json();
      const text = mails.filter((mail) => mail.to === address).at(-1)?.text ?? '';
      const link = text.match(/https?:\/\/\S+/g)?.find((one) => new URL(one).pathname === page);
      if (link) return link;
      await pause(LOOK_MS);
    }
    return assert.fail(`no mail to ${address} with a link to ${page}`);
  }

  async stop() {
    const gone = new Promise((done) => this.#child.once('exit', done));
    if (this.#child.exitCode === null) {
      this.#child.kill();
      await gone;
    }
    await rm(this.#data, { recursive: true, force: true });
  }
}
