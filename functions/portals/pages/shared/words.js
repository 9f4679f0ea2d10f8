// All texts of the pages: one table per language, plus tables for parents, schools, site administrators and each area
// of the photographer's work. The browser's language or the language switch selects it. Sentences are never composed
// from pieces; a sentence with a number or a name is one entry with {places}.

const LANGUAGES = ['en', 'es'];
const COOKIE = 'language';

export const language = chosen();
const isOf = (portal) => location.pathname.startsWith(`/${portal}`);
// Photographers work with schools, so their pages use the schools' texts too.
const tables = await Promise.all([
  everyonesTable(),
  ...(isOf('parent') ? [parentsTable()] : []),
  ...(isOf('school') || isOf('photographer') ? [schoolsTable()] : []),
  ...(isOf('photographer')
    ? [photographersTable(), accessTable(), galleriesTable(), rosterTable(), runsTable()]
    : []),
  ...(isOf('admin') ? [administratorsTable()] : []),
]);
const table = Object.assign({}, ...tables.map((module) => module.default));

const plural = new Intl.PluralRules(language);
const whole = new Intl.NumberFormat(language);

/**
 * Returns the sentence of this name with its {places} filled in. `values.count` selects `one` or `other` of an entry.
 * A missing name is a bug and shows as itself.
 */
export function t(name, values = {}) {
  const entry = table[name];
  if (entry === undefined) return name;
  const sentence = typeof entry === 'string' ? entry : entry[plural.select(values.count)] ?? entry.other;
  return sentence.replaceAll(/\{(\w+)\}/g, (place, key) =>
    typeof values[key] === 'number' ? whole.format(values[key]) : values[key] ?? place);
}

/** Does the table have this entry? For codes that come from the API. */
export function knows(name) {
  return Object.hasOwn(table, name);
}

/** Fills every `data-t` (text), `data-t-label` (aria-label) and `data-t-placeholder` below `root`. */
export function localize(root) {
  for (const element of root.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll('[data-t-label]')) element.setAttribute('aria-label', t(element.dataset.tLabel));
  for (const element of root.querySelectorAll('[data-t-placeholder]')) element.placeholder = t(element.dataset.tPlaceholder);
}

/** Stores the choice for a year and reloads the page. A cookie is enough, because it identifies no user. */
export function choose(next) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${COOKIE}=${next}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  location.reload();
}

export const otherLanguage = LANGUAGES.find((one) => one !== language);

function everyonesTable() {
  return language === 'es' ? import('/assets/shared/texts.es.js') : import('/assets/shared/texts.en.js');
}

function parentsTable() {
  return language === 'es' ? import('/assets/parent/texts.es.js') : import('/assets/parent/texts.en.js');
}

function schoolsTable() {
  return language === 'es' ? import('/assets/school/texts.es.js') : import('/assets/school/texts.en.js');
}

function administratorsTable() {
  return language === 'es' ? import('/assets/admin/texts.es.js') : import('/assets/admin/texts.en.js');
}

function photographersTable() {
  return language === 'es' ? import('/assets/photographer/texts.es.js') : import('/assets/photographer/texts.en.js');
}

function accessTable() {
  return language === 'es' ? import('/assets/photographer/texts-access.es.js') : import('/assets/photographer/texts-access.en.js');
}

function galleriesTable() {
  return language === 'es' ? import('/assets/photographer/texts-galleries.es.js') : import('/assets/photographer/texts-galleries.en.js');
}

function rosterTable() {
  return language === 'es' ? import('/assets/photographer/texts-roster.es.js') : import('/assets/photographer/texts-roster.en.js');
}

function runsTable() {
  return language === 'es' ? import('/assets/photographer/texts-runs.es.js') : import('/assets/photographer/texts-runs.en.js');
}

function chosen() {
  const kept = document.cookie.match(/(?:^|; )language=(\w\w)(?:;|$)/)?.[1];
  if (LANGUAGES.includes(kept)) return kept;
  const asked = navigator.languages?.length ? navigator.languages : [navigator.language];
  return asked.map((one) => one.slice(0, 2)).find((one) => LANGUAGES.includes(one)) ?? 'en';
}

// ---- numbers, dates and sizes ----

export const number = (value) => whole.format(value);

/** Formats a civil date such as `2026-09-14`: it is the same day in every time zone. */
export function civilDate(date, style = { dateStyle: 'long' }) {
  return new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

/** Formats a camera's clock time: it has no time zone, so none is applied. */
export function cameraTime(dateTime) {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${dateTime}Z`));
}

/** Formats an instant in the school's time zone, with the zone named. */
export function instant(value, timeZone) {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZone, timeZoneName: 'short',
  }).format(new Date(value));
}

/** Formats the day of an instant in the school's time zone. */
export function dayOf(value, timeZone) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(new Date(value));
}

/** Formats an instant in the reader's own time zone. */
export function moment(value) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(value));
}

export function size(bytes) {
  const [unit, divisor] = bytes >= 1e9 ? ['gigabyte', 1e9] : bytes >= 1e6 ? ['megabyte', 1e6] : ['kilobyte', 1e3];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 })
    .format(bytes / divisor);
}

export function percent(part, all) {
  return new Intl.NumberFormat(language, { style: 'percent' }).format(all ? part / all : 0);
}

export const byName = new Intl.Collator(language, { sensitivity: 'base', numeric: true }).compare;

/** Sorts students by family name, then by given name; a single name is sorted where that name belongs. */
export const byStudent = (a, b) =>
  byName(a.family_name || a.given_name, b.family_name || b.given_name) || byName(a.given_name, b.given_name);
