// The only module that calls the API: JSON in and out, problem+json as ApiProblem, the CSRF token, idempotency keys,
// retries on a bad connection, and the redirect to the sign-in page. All state stays in this module's memory.

import { language, t } from '/assets/shared/words.js';
import { pause } from '/assets/shared/dom.js';

/** An API error with a text for the user; `code` and `field` are for the page. */
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

// Requests a second factor where the API requires a fresh one; a portal's frame sets how.
let askForSecondFactor = async () => false;

/** Sets the function that requests a fresh second factor. After it succeeds, the refused request is sent again. */
export function onSecondFactorNeeded(ask) {
  askForSecondFactor = ask;
}

/** The portal of this page; a 401 leads to its sign-in page. */
export const portal = ['parent', 'school', 'admin'].find((one) => location.pathname === `/${one}` || location.pathname.startsWith(`/${one}/`)) ?? 'photographer';
/** Site administrators have another kind of session, with another route. */
const SESSION = portal === 'admin' ? '/v1/admin/session' : '/v1/session';

// The waits in milliseconds between retries after a lost connection; then the page reports it.
const WAITS_MS = [400, 1500];
// The longest `Retry-After`, in seconds, that a reading request waits for by itself.
const MOST_WAIT_S = 60;

/**
 * Sends one request. `json` becomes the body, or `body` with `type` is sent unchanged. `query` omits empty values.
 * Creating requests use one Idempotency-Key for all attempts, so a lost answer never creates a thing twice.
 */
async function send(method, path, options = {}) {
  const { json, body, type, accept = 'application/json', query = {}, signIn = true, isSecondTry = false } = options;
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') address.searchParams.set(name, value);
  }
  // One cookie per portal may exist at the same time: the header selects this page's portal.
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
    // Too many requests for the moment: a read may wait.
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
    // the user signed in again in another tab, so this page's CSRF token is outdated
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

/** Sends a request without a session: there is no CSRF token, and a 401 is returned instead of redirecting. */
export const postOpenly = (path, json) => send('POST', path, { json, signIn: false });

/** Reads every item of a list, page by page. */
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

/** Returns the session. Redirects to the sign-in page when there is none, unless `optional`. */
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

/** Stores the CSRF token of a sign-in for later writes of this page. */
export function signedIn(answer) {
  csrfToken = answer.csrf_token ?? null;
  return answer;
}

export async function signOut() {
  await send('DELETE', SESSION);
  csrfToken = null;
}

// The allowed targets after sign-in: only our own pages, with only ids and plain words.
const PLAIN = String.raw`(?:\?[a-z_]+=[a-z0-9_]+(?:&[a-z_]+=[a-z0-9_]+)*)?(?:#[a-z]+)?$`;
const OWN_PAGE = {
  photographer: new RegExp(String.raw`^\/photographer(?:\/(?:schools|school|import|picture-day|gallery|sessions|security|studio-staff|access-review))?${PLAIN}`),
  school: new RegExp(String.raw`^\/school(?:\/(?:students|requests|staff|sessions|security|account))?${PLAIN}`),
};

/** Returns the page to open after sign-in: `next` if it belongs to this portal, otherwise the portal's first page. */
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
  return new Promise(() => {}); // the page is being left, so this never resolves
}
