// A person at a browser: a separate window, a check of every screen, and every browser error recorded.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { keepScreen } from './picture.js';

// A busy build machine with two cores may need many times what a person's machine needs.
const PATIENCE_MS = 60_000;
const TRACES = fileURLToPath(new URL('../../target/ci/browser/', import.meta.url));
const TOO_BAD = new Set(['serious', 'critical']);

/** The two screens on which everything is tested. */
export const DESKTOP = { name: 'desktop', viewport: { width: 1280, height: 800 }, colorScheme: 'light' };
export const PHONE = { name: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true, hasTouch: true };

export class Visitor {
  #expected = [];
  #wrong = [];

  static async arrive(browser, { name: _, ...device }, url) {
    const visitor = new Visitor();
    // Without animations a screen is final at once: a half-faded colour would have no meaningful contrast.
    visitor.context = await browser.newContext({ ...device, baseURL: url, locale: 'en-US', timezoneId: 'America/Denver', reducedMotion: 'reduce' });
    visitor.context.setDefaultTimeout(PATIENCE_MS);
    visitor.page = await visitor.context.newPage();
    visitor.#listen();
    return visitor;
  }

  #listen() {
    this.page.on('pageerror', (error) => this.#wrong.push(`${this.page.url()}: ${error.stack}`));
    this.page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const line = `${message.text()} (${message.location().url})`;
      if (!this.#expected.some((pattern) => pattern.test(line))) this.#wrong.push(line);
    });
  }

  /** Expects console errors like this one from here on; every other one fails the test. */
  expectError(pattern) {
    this.#expected.push(pattern);
  }

  part(testId) {
    return this.page.getByTestId(testId);
  }

  press(testId) {
    return this.part(testId).click();
  }

  /** Waits until a part is visible, with this text if one is given. */
  async see(testId, hasText) {
    const part = hasText ? this.part(testId).filter({ hasText }) : this.part(testId);
    await part.first().waitFor();
    return part.first();
  }

  /** Scrolls to each of these pictures and waits until it has loaded. */
  async seePictures(images) {
    for (const image of await images.all()) {
      await image.scrollIntoViewIfNeeded();
      await this.page.waitForFunction(({ complete, naturalWidth }) => complete && naturalWidth > 0, await image.elementHandle());
    }
  }

  /** Checks the current screen: accessible, not wider than the window, and no error so far. */
  async checkScreen() {
    // A page's texts are set by its script, after the markup; a missing text fails here. What is busy behind
    // an open dialog waits for that dialog.
    await this.page.waitForFunction(() => {
      if ([...document.querySelectorAll('[data-t]')].some((place) => place.textContent === '')) return false;
      const top = [...document.querySelectorAll('dialog[open]')].at(-1);
      const isAwaited = (busy) => [undefined, null, top].includes(busy.closest('dialog'));
      return ![...document.querySelectorAll('[aria-busy="true"]')].some(isAwaited);
    });
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'], preload: false });
      return {
        violations: violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map((node) => `${node.html} ${node.any.map((one) => one.message)}`) })),
        tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      };
    });
    const where = this.page.url().replace(/\?.*/, '');
    const bad = found.violations.filter(({ impact }) => TOO_BAD.has(impact));
    assert.deepEqual(bad, [], `${where} is accessible`);
    assert.ok(found.tooWide <= 0, `${where} is ${found.tooWide} pixels wider than the screen`);
    this.checkConsole();
    await keepScreen(this.page);
  }

  checkConsole() {
    assert.deepEqual(this.#wrong, [], 'nothing goes wrong in the browser');
  }

  leave() {
    return this.context.close();
  }
}

/** Runs steps that build on each other: after a failed step the others are skipped, and the screens are saved under
 * this name. */
export function stepsOf(t, visitors, name, said) {
  let failed = null;
  return (words, work) => t.test(words, { skip: failed ? `“${failed}” failed` : false }, async () => {
    try {
      await work();
      for (const visitor of Object.values(visitors)) visitor.checkConsole();
    } catch (error) {
      failed = words;
      await mkdir(TRACES, { recursive: true });
      await writeFile(join(TRACES, `${name}-runner.txt`), said());
      for (const [who, { page }] of Object.entries(visitors)) {
        await page.screenshot({ path: join(TRACES, `${name}-${who}.png`) }).catch(() => null);
      }
      throw error;
    }
  });
}
