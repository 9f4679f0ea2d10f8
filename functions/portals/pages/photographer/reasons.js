// Codes of the API in words.

import { knows, t } from '/assets/shared/words.js';

/** Why something was refused, by its code; what the API says itself where there are no words of ours. */
export const reasonOf = (code, said = null) => (knows(`reason.${code}`) ? t(`reason.${code}`) : said ?? code ?? '');

export const fieldOf = (code) => (knows(`field.${code}`) ? t(`field.${code}`) : code);
