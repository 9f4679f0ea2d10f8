// Uploads a roster file: in the request up to 4 MB, directly to S3 above that.

import { post, postFile } from '/assets/shared/api.js';
import { put } from '/assets/shared/uploader.js';
import { t } from '/assets/shared/words.js';

/** The maximum size of a roster file in bytes. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** The maximum size in one request in bytes; Lambda accepts 6 MB of base64. */
const MOST_IN_A_REQUEST = 4 * 1024 * 1024;

/** Content types by file extension: a browser's own types depend on the installed programs. */
const TYPES = {
  csv: 'text/csv', txt: 'text/plain', tsv: 'text/tab-separated-values', tab: 'text/tab-separated-values',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xlsm: 'application/vnd.ms-excel.sheet.macroenabled.12',
  xls: 'application/vnd.ms-excel', ods: 'application/vnd.oasis.opendocument.spreadsheet',
};
export const ACCEPT = Object.keys(TYPES).map((ending) => `.${ending}`).join(',');

const typeOf = (name) => TYPES[name.split('.').pop().toLowerCase()] ?? 'application/octet-stream';

/** The reading choices as API parameters; unset choices are omitted. */
function queryOf({ mapping, header_row: headerRow, encoding, sheet, ids, scope }) {
  return { mapping: mapping && JSON.stringify(mapping), header_row: headerRow, encoding, sheet, ids, scope };
}

/** Sends a file and returns its import. `onProgress(sent)` is called during a large upload. */
export async function sendRoster(school, file, choices, onProgress) {
  const path = `/v1/schools/${school}/roster-imports`;
  const query = queryOf(choices);
  if (file.size <= MOST_IN_A_REQUEST) return postFile(path, file, typeOf(file.name), query);
  onProgress(0);
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  const announced = { bytes: file.size, sha256: base64(digest), content_type: typeOf(file.name) };
  const answer = await post(path, announced, { query });
  if (answer.upload) {
    const status = await put(answer.upload, file, onProgress);
    // 412: the bytes exist already
    if (status !== 200 && status !== 412) throw new Error(t('import.not_sent'));
  }
  return post(`/v1/roster-imports/${answer.id}/arrival`, {});
}

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
