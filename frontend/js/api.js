// The site's API: one request and its answer, and what is asked for most.

/**
 * @param {{ detail?: string, code?: string }} problem RFC 9457
 * @returns {Error & { code?: string }}
 */
const refusal = ({ detail = 'The site has a problem. Try again.', code }) =>
  Object.assign(new Error(detail), { code });

/**
 * The answer, as JSON. Throws an Error with a sentence for people, and the problem's code.
 * @param {string} method @param {string} path under /api/v1/
 * @param {BodyInit | object} [body] sent as JSON, but bytes as they are
 * @returns {Promise<any>}
 */
export async function api(method, path, body) {
  const raw = body instanceof Blob || body instanceof Uint8Array;
  const type = body instanceof File ? body.type : `application/${raw ? 'octet-stream' : 'json'}`;
  const sent = raw ? /** @type {BodyInit} */ (body) : JSON.stringify(body);
  const init = body && { headers: { 'Content-Type': type }, body: sent };
  const response = await fetch(`/api/v1/${path}`, { method, ...init }).catch(() => {
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
 * Looks again and again until there is something, for about a minute.
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
