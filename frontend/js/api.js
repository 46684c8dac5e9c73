// The site's API: a request and its answer, and the questions that several modules ask.

const API = '/api/laurel/v1/';

/**
 * @param {{ detail?: string, code?: string }} problem RFC 9457
 * @returns {Error & { code?: string }}
 */
const refusal = ({ detail = 'The site has a problem. Try again.', code }) =>
  Object.assign(new Error(detail), { code });

/**
 * Returns the answer's JSON. Throws an Error with a sentence for people, and the problem's code.
 * @param {string} method @param {string} path below API
 * @param {BodyInit | object} [body] bytes are sent as they are, all else as JSON
 * @returns {Promise<any>}
 */
export async function api(method, path, body) {
  const raw = body instanceof Blob || body instanceof Uint8Array;
  const type = body instanceof File ? body.type : `application/${raw ? 'octet-stream' : 'json'}`;
  const sent = raw ? /** @type {BodyInit} */ (body) : JSON.stringify(body);
  const init = body && { headers: { 'Content-Type': type }, body: sent };
  const response = await fetch(API + path, { method, ...init }).catch(() => {
    throw refusal({ detail: 'The site does not answer. Nothing is lost; try again.' });
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(answer);
  return answer;
}

/** @returns {Promise<Chain>} as of now */
export const chain = () => api('GET', 'chain');

/** The account of a handle, with or without @. Throws an Error if there is none. @param {unknown} handle */
export const accountOf = (handle) =>
  api('GET', `accounts/${String(handle).trim().replace('@', '')}`);

/**
 * Calls `look` five times a second until it finds something. Throws an Error after about a minute.
 * @template T @param {() => Promise<T>} look @returns {Promise<NonNullable<T>>}
 */
export async function eventually(look) {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('The chain is slow. This is sent; look again later.');
}
