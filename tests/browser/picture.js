// Saves pictures of screens for a person to look at; only if a variable requests them.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Saves the picture next to the other results of the run, under this name, if `KEEP_PICTURES` is set. */
export async function keepPicture({ page }, name) {
  if (!process.env.KEEP_PICTURES) return;
  const folder = fileURLToPath(new URL('../../target/ci/browser/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: false });
}

let screens = 0;

/** Saves every checked screen in the folder SCREENS, in the order in which they are seen. */
export async function keepScreen(page) {
  const folder = process.env.SCREENS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  screens += 1;
  const name = new URL(page.url()).pathname.replaceAll('/', '-');
  const { width } = page.viewportSize();
  await page.screenshot({ path: join(folder, `${String(screens).padStart(3, '0')}-${width}${name}.png`), fullPage: true });
}

/** Checks the screen's accessibility, with `dark` in both colour schemes, and saves it in the folder PICTURES:
 * light, and with `dark` both. */
export async function look(visitor, device, name, { dark = false } = {}) {
  const { page } = visitor;
  const folder = process.env.PICTURES;
  const kept = dark ? ['light', 'dark'] : ['light'];
  const checked = dark ? kept : [device.colorScheme];
  for (const colorScheme of new Set([...checked, ...(folder ? kept : [])])) {
    await page.emulateMedia({ colorScheme });
    await visitor.checkScreen();
    if (!folder || !kept.includes(colorScheme)) continue;
    await mkdir(folder, { recursive: true });
    const suffix = colorScheme === 'dark' ? '-dark' : '';
    await page.screenshot({ path: join(folder, `${name}-${device.name}${suffix}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: device.colorScheme });
}
