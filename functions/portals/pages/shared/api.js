// The only place that talks to the API: JSON in and out, problem+json as ApiProblem, the CSRF token, idempotency keys,
// patience with a bad connection, and the way to the sign-in page. Nothing is kept outside this module's memory.

import { language, t } from '/assets/shared/words.js';
import { pause } from '/assets/shared/dom.js';

/** What went wrong, in words for the person; `code` and `field` for the page. */
export class ApiProblem extends Error {
  constructor({ status = 0, code = 'network', detail, field = null, requestId = null }) {
    super(detail);
    this.status = status;
    this.code = code;
    this.field = field;
    this.requestId = requestId;
  }

  get isConnection() {
    return this.status === 0;
  }
}

let csrfToken = null;

// Asks for a second factor where the API wants a fresh one; a portal's frame says how.
let askForSecondFactor = async () => false;

/** From now on a request that needs a fresh second factor asks for it by `ask()`, and is sent again once it was shown. */
export function onSecondFactorNeeded(ask) {
  askForSecondFactor = ask;
}

/** Which portal this page belongs to; its sign-in page is where 401 leads. */
export const portal = ['parent', 'school', 'admin'].find((one) => location.pathname === `/${one}` || location.pathname.startsWith(`/${one}/`)) ?? 'photographer';
/** Site administrators have a session of another kind, at another address. */
const SESSION = portal === 'admin' ? '/v1/admin/session' : '/v1/session';

// A lost connection is tried again after these many milliseconds; then the page says so.
const WAITS_MS = [400, 1500];
// Told to come back later, a reading page waits as long as this by itself.
const MOST_WAIT_S = 60;

/**
 * One request. `json` becomes the body, or `body` with `type` is sent as it is. `query` leaves out empty values.
 * Creating requests carry one Idempotency-Key through all their tries, so a lost answer never does a thing twice.
 */
async function send(method, path, options = {}) {
  const { json, body, type, accept = 'application/json', query = {}, signIn = true, isSecondTry = false } = options;
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') address.searchParams.set(name, value);
  }
  // One cookie per portal may be here at once: the header says which one this page means.
  const headers = { accept: `${accept}, application/problem+json`, 'accept-language': language, 'x-portal': portal };
  if (json !== undefined) headers['content-type'] = 'application/json';
  if (type) headers['content-type'] = type;
  if (method !== 'GET') {
    if (signIn && !csrfToken) await session();
    if (csrfToken) headers['x-csrf-token'] = csrfToken;
    if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
  }

  let answer = await tried(address, {
    method, headers, body: json === undefined ? body : JSON.stringify(json), credentials: 'same-origin', redirect: 'error',
  });
  if (answer.status === 429 && method === 'GET') {
    // Too many requests from here for a moment: what is only read may wait for it.
    const seconds = Number(answer.headers.get('retry-after'));
    if (seconds > 0 && seconds <= MOST_WAIT_S) {
      await pause(seconds * 1_000);
      answer = await tried(address, { method, headers, credentials: 'same-origin', redirect: 'error' });
    }
  }
  if (answer.ok) {
    if (answer.status === 204) return null;
    return accept === 'application/json' ? answer.json() : answer.blob();
  }
  const problem = await problemOf(answer);
  if (problem.status === 401 && signIn) return toSignIn();
  if (problem.code === 'csrf' && signIn && !isSecondTry) {
    // signed in again in another tab: this page's token is an old one
    csrfToken = null;
    return send(method, path, { ...options, isSecondTry: true });
  }
  if (problem.code === 'second_factor_needed' && signIn && !isSecondTry && (await askForSecondFactor())) {
    return send(method, path, { ...options, isSecondTry: true });
  }
  throw problem;
}

async function tried(address, request) {
  for (const wait of [...WAITS_MS, null]) {
    try {
      return await fetch(address, request);
    } catch {
      if (wait === null) throw new ApiProblem({ detail: t(navigator.onLine ? 'problem.network' : 'problem.offline') });
      await pause(wait);
    }
  }
}

async function problemOf(answer) {
  const said = await answer.json().catch(() => ({}));
  return new ApiProblem({
    status: answer.status,
    code: said.code ?? 'unknown',
    detail: said.detail || t('problem.unknown'),
    field: said.field ?? null,
    requestId: said.request_id ?? answer.headers.get('x-request-id'),
  });
}

export const get = (path, query, options) => send('GET', path, { query, ...options });
export const post = (path, json, options) => send('POST', path, { json, ...options });
export const put = (path, json) => send('PUT', path, { json });
export const remove = (path) => send('DELETE', path);
export const postFile = (path, file, type, query) => send('POST', path, { body: file, type, query });

/** Before there is a session: no CSRF token to send, and 401 is an answer rather than a way out. */
export const postOpenly = (path, json) => send('POST', path, { json, signIn: false });

/** Every item of a list, page after page. */
export async function all(path, query = {}) {
  const items = [];
  let cursor;
  do {
    const page = await get(path, { ...query, limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

/** Who is signed in here. Leads to the sign-in page when nobody is, unless `optional`. */
export async function session({ optional = false } = {}) {
  try {
    const answer = await send('GET', SESSION, { signIn: !optional });
    csrfToken = answer.csrf_token;
    return answer;
  } catch (problem) {
    if (optional && problem.status === 401) return null;
    throw problem;
  }
}

/** A sign-in answered: later writes of this page carry its token. */
export function signedIn(answer) {
  csrfToken = answer.csrf_token ?? null;
  return answer;
}

export async function signOut() {
  await send('DELETE', SESSION);
  csrfToken = null;
}

// Where a sign-in may lead back to: our own pages, with ids and plain words only.
const PLAIN = String.raw`(?:\?[a-z_]+=[a-z0-9_]+(?:&[a-z_]+=[a-z0-9_]+)*)?(?:#[a-z]+)?$`;
const OWN_PAGE = {
  photographer: new RegExp(String.raw`^\/photographer(?:\/(?:schools|school|import|picture-day|gallery|sessions|security|studio-staff|access-review))?${PLAIN}`),
  school: new RegExp(String.raw`^\/school(?:\/(?:students|requests|staff|sessions|security|account))?${PLAIN}`),
};

/** The page to go to after sign-in: `next` if it is one of this portal's, else the portal's first. */
export function safeNext(next) {
  return OWN_PAGE[portal]?.test(next) ? next : `/${portal}`;
}

function toSignIn() {
  if (portal === 'parent') location.replace('/parent?ended=1');
  else if (portal === 'admin') location.replace('/admin/sign-in');
  else {
    const here = location.pathname + location.search + location.hash;
    location.replace(`/${portal}/sign-in?next=${encodeURIComponent(here)}`);
  }
  return new Promise(() => {}); // the page is being left: nobody waits for an answer any more
}
