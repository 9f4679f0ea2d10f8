// A picture of a screen for a person to look at; only where one asks for it.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Keeps it beside the other results of the run, under this name, if `KEEP_PICTURES` is set. */
export async function keepPicture({ page }, name) {
  if (!process.env.KEEP_PICTURES) return;
  const folder = fileURLToPath(new URL('../../target/ci/browser/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: false });
}
