// Proof of work: tries numbers until a hash begins with enough zero bits. The hash is the browser's own
// PBKDF2, which runs in threads of its own, so that the page stays free.
import { api } from './api.js';
import { utf8 } from './encoding.js';

const AT_ONCE = 32;

/** The task that is worked on; one that is no longer wanted ends. */
let current = '';

/**
 * Does the work that the server asks for; what shows that it is done, or '' if another was begun meanwhile.
 * @param {string} handle @param {HTMLProgressElement} progress
 */
export async function work(handle, progress) {
  const { id, bits, rounds } = await api('POST', 'work', { handle });
  current = id;
  const salt = utf8(`${id}:${handle}`);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds };
  /** @param {number} nonce */
  const zeros = async (nonce) => {
    const text = utf8(String(nonce));
    const key = await crypto.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveBits']);
    const hash = await crypto.subtle.deriveBits(algorithm, key, 32);
    return Math.clz32(new DataView(hash).getUint32(0));
  };
  for (let first = 0; current === id; first += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, i) => zeros(first + i));
    const found = (await Promise.all(tries)).findIndex((found) => found >= bits);
    // Nobody knows how long it takes: the bar shows how many in a hundred would be done by now.
    progress.value = found < 0 ? 1 - Math.exp(-first / 2 ** bits) : 1;
    if (found >= 0) return `${id}.${first + found}`;
  }
  return '';
}
