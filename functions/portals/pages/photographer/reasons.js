// Texts for the API's codes.

import { knows, t } from '/assets/shared/words.js';

/** Returns the text of a refusal code, or the API's own detail if we have no text. */
export const reasonOf = (code, said = null) => (knows(`reason.${code}`) ? t(`reason.${code}`) : said ?? code ?? '');

export const fieldOf = (code) => (knows(`field.${code}`) ? t(`field.${code}`) : code);
