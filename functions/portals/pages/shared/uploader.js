// Uploads files to S3: hash, register, PUT, several in parallel. Waits during a lost connection and resumes missing
// files. It draws nothing: it calls `onChange(file)`, and the page shows the file.

import { post } from '/assets/shared/api.js';
import { pause } from '/assets/shared/dom.js';
import { t } from '/assets/shared/words.js';

const AT_ONCE = 4;          // parallel PUTs: enough to fill a school's connection, few enough to show progress
const HASHERS = 2;          // files read whole into memory in parallel
const BATCH = 40;           // files registered per call (the API accepts 100): the first start soon, and 2,400 take 60 calls
const AHEAD = 24;           // registered files that wait for a PUT: not more, because a URL expires after 15 minutes
const TRIES = 4;            // attempts after refusals by S3 that a new URL may solve
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;

/**
 * The states of a file: waiting → hashing → hashed → registering → ready → uploading → stored, or duplicate, refused,
 * failed.
 */
export const OVER = new Set(['stored', 'duplicate', 'refused', 'failed']);
export const ARRIVED = new Set(['stored', 'duplicate']);

export class Uploader {
  #day;
  #onChange;
  #files = [];
  #isPaused = false;
  #isOffline = false;
  #hashing = 0;
  #uploading = 0;
  #isRegistering = false;
  #waitMs = FIRST_WAIT_MS;

  constructor(day, { onChange }) {
    this.#day = day;
    this.#onChange = onChange;
    window.addEventListener('online', () => this.#reconnect());
    window.addEventListener('beforeunload', (event) => {
      if (this.isBusy) event.preventDefault();
    });
  }

  get files() {
    return this.#files;
  }

  get isPaused() {
    return this.#isPaused;
  }

  get isOffline() {
    return this.#isOffline;
  }

  get isBusy() {
    return this.#files.some((file) => !OVER.has(file.state));
  }

  /** Adds files of one camera. A known file (same name, size and time) is skipped unless it failed or was refused. */
  add(camera, blobs) {
    const known = new Map(this.#files.map((file) => [file.mark, file]));
    const added = [];
    for (const blob of blobs) {
      const mark = markOf(camera, blob);
      const old = known.get(mark);
      if (old) {
        if (old.state === 'failed' || old.state === 'refused') this.retry(old);
        continue;
      }
      const file = { mark, camera, blob, name: blob.name, bytes: blob.size, sent: 0, state: 'waiting', reason: null, tries: 0 };
      this.#files.push(file);
      added.push(file);
    }
    this.#work();
    return added;
  }

  pause() {
    this.#isPaused = true;
    for (const file of this.#files) file.request?.abort();
    this.#onChange(null);
  }

  resume() {
    this.#isPaused = false;
    this.#onChange(null);
    this.#work();
  }

  retry(file) {
    file.tries = 0;
    this.#turn(file, file.sha256 ? 'hashed' : 'waiting', { reason: null, sent: 0 });
    this.#work();
  }

  retryAll() {
    for (const file of this.#files.filter((one) => one.state === 'failed')) this.retry(file);
  }

  #turn(file, state, more = {}) {
    Object.assign(file, { state }, more);
    this.#onChange(file);
  }

  /** Starts all work that may start now. Called after every step, so nothing waits for a timer. */
  #work() {
    if (this.#isPaused || this.#isOffline) return;
    const count = (...states) => this.#files.reduce((sum, file) => sum + states.includes(file.state), 0);

    const aheadNow = count('hashing', 'hashed', 'registering', 'ready');
    for (let room = BATCH + AHEAD - aheadNow; room > 0 && this.#hashing < HASHERS; room -= 1) {
      const next = this.#files.find((file) => file.state === 'waiting');
      if (!next) break;
      this.#hash(next);
    }

    const hashed = this.#files.filter((file) => file.state === 'hashed');
    const isLast = count('waiting', 'hashing') === 0;
    const isNeeded = hashed.length >= BATCH || isLast || count('ready', 'uploading') < AT_ONCE;
    if (hashed.length && isNeeded && !this.#isRegistering && count('ready') < AHEAD) this.#register(hashed);

    for (const file of this.#files) {
      if (this.#uploading >= AT_ONCE) break;
      if (file.state === 'ready') this.#put(file);
    }
  }

  async #hash(file) {
    this.#hashing += 1;
    this.#turn(file, 'hashing');
    try {
      const digest = await crypto.subtle.digest('SHA-256', await file.blob.arrayBuffer());
      this.#turn(file, 'hashed', { sha256: base64(digest) });
    } catch {
      // the memory card was removed, or the file changed or vanished
      this.#turn(file, 'failed', { reason: t('upload.unreadable') });
    }
    this.#hashing -= 1;
    this.#work();
  }

  /** Registers files of one camera in one call. */
  async #register(hashed) {
    this.#isRegistering = true;
    const camera = hashed[0].camera;
    const batch = hashed.filter((file) => file.camera === camera).slice(0, BATCH);
    for (const file of batch) this.#turn(file, 'registering');
    try {
      const { uploads } = await post(`/v1/picture-days/${this.#day}/uploads`, {
        camera,
        files: batch.map((file) => ({
          name: file.name, bytes: file.bytes, sha256: file.sha256, content_type: file.blob.type,
        })),
      });
      batch.forEach((file, at) => this.#registered(file, uploads[at]));
      this.#waitMs = FIRST_WAIT_MS;
    } catch (problem) {
      if (problem.isConnection || problem.status === 429 || problem.status >= 500) {
        for (const file of batch) this.#turn(file, 'hashed');
        this.#isRegistering = false;
        return this.#waitForConnection();
      }
      for (const file of batch) this.#turn(file, 'failed', { reason: problem.message });
    }
    this.#isRegistering = false;
    this.#work();
  }

  #registered(file, answer) {
    file.photoId = answer.photo_id;
    if (answer.status === 'duplicate') this.#turn(file, 'duplicate', { sent: file.bytes });
    else if (answer.status === 'upload') this.#turn(file, 'ready', { to: answer });
    else this.#turn(file, 'refused', { code: answer.reason });
  }

  async #put(file) {
    this.#uploading += 1;
    this.#turn(file, 'uploading', { sent: 0 });
    const status = await this.#send(file);
    file.request = null;
    this.#uploading -= 1;
    await this.#sent(file, status);
    this.#work();
  }

  /** Sends the PUT with the URL and exactly the headers of the registration; the browser sets the length. */
  #send(file) {
    const request = new XMLHttpRequest();
    file.request = request;
    return put(file.to, file.blob, (sent) => {
      file.sent = sent;
      this.#onChange(file);
    }, request);
  }

  /** Handles S3's status. 412: the object exists already. 403: the URL expired. 400: other bytes than registered. */
  async #sent(file, status) {
    if (status === 200 || status === 412) {
      this.#waitMs = FIRST_WAIT_MS;
      return this.#turn(file, 'stored', { sent: file.bytes, blob: null, to: null });
    }
    if (status === 'paused') return this.#turn(file, 'hashed', { sent: 0 });
    if (status === 0 || status === 429 || status >= 500) {
      // no response usually means no connection; a new registration tells what has arrived meanwhile
      this.#turn(file, 'hashed', { sent: 0 });
      return this.#waitForConnection();
    }
    file.tries += 1;
    if (file.tries >= TRIES) return this.#turn(file, 'failed', { reason: t('upload.storage_refused', { status }) });
    if (status === 403) return this.#turn(file, 'hashed', { sent: 0 });
    return this.#turn(file, 'waiting', { sent: 0, sha256: null }); // the file changed on disk, so it is read again
  }

  async #waitForConnection() {
    if (this.#isOffline) return;
    this.#isOffline = true;
    this.#onChange(null);
    const wait = this.#waitMs;
    this.#waitMs = Math.min(wait * 2, LONGEST_WAIT_MS);
    await pause(wait);
    this.#reconnect();
  }

  #reconnect() {
    if (!this.#isOffline) return;
    this.#isOffline = false;
    this.#onChange(null);
    this.#work();
  }
}

/**
 * Uploads a file with the URL of an API answer. Returns S3's status, 0 without a connection, `paused` when it was
 * stopped.
 */
export function put(to, blob, onProgress, request = new XMLHttpRequest()) {
  return new Promise((done) => {
    request.open(to.method ?? 'PUT', to.url);
    for (const [name, value] of Object.entries(to.headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => done(request.status);
    request.onerror = () => done(0);
    request.onabort = () => done('paused');
    request.send(blob);
  });
}

function markOf(camera, blob) {
  return `${camera}/${blob.name}/${blob.size}/${blob.lastModified}`;
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
