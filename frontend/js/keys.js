// P-256 key pairs of WebCrypto: make one, sign with it, its address on the chain.
import { concat, fromHex, message, toHex, toInteger, utf8 } from './encoding.js';
import { keccak256 } from './vendor/keccak.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {{ privateKey: CryptoKey, point: Bytes, address: string }} KeyPair point: x || y */

export const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The key address: the last 20 bytes of keccak256("P256" || x || y). @param {Bytes} point */
export const addressOf = (point) => toHex(keccak256(concat(utf8('P256'), point)).slice(12));

/**
 * Makes a new key. A key that is not extractable cannot leave this browser.
 * @param {boolean} extractable @returns {Promise<KeyPair>}
 */
export async function generate(extractable) {
  const pair = await crypto.subtle.generateKey(CURVE, extractable, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const point = raw.slice(1);
  return { privateKey: pair.privateKey, point, address: addressOf(point) };
}

/**
 * r || s || x || y over the SHA-256 of `data`. s is low: the contracts refuse a high one.
 * @param {KeyPair} key @param {Bytes} data
 */
export async function sign(key, data) {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const raw = new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, data));
  const s = toInteger(raw.slice(32));
  const low = s > ORDER / 2n ? ORDER - s : s;
  return concat(raw.slice(0, 32), fromHex(low.toString(16).padStart(64, '0')), key.point);
}

/** The signer that signs with this key. @param {KeyPair} key @returns {Signer} */
export const byKey = (key) => async (typed) => toHex(await sign(key, message(typed)));
