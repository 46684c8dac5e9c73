// Proof of work: tries numbers until a hash begins with enough zero bits. The browser computes the hash,
// PBKDF2, in threads of its own, so that the page does not freeze.
import { api } from './api.js';
import { utf8 } from './encoding.js';

const AT_ONCE = 32;

/** The id of the current task. Work on an earlier task stops. */
let current = '';

/**
 * Does a task of the server. Returns its proof, or '' if a later task was started meanwhile.
 * @param {string} handle @param {HTMLProgressElement} progress
 */
export async function proofOfWork(handle, progress) {
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
    // How long it takes is random: the bar shows how probable it was to be done by now.
    progress.value = found < 0 ? 1 - Math.exp(-first / 2 ** bits) : 1;
    if (found >= 0) return `${id}.${first + found}`;
  }
  return '';
}
