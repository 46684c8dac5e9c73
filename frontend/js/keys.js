// P-256 keys of WebCrypto as keys of an account, and the posting keys that this browser holds.
import { concat, fromHex, toHex, toInteger, utf8 } from './encoding.js';
import { CHAIN } from './page.js';
import { keccak256 } from './vendor/keccak.js';

/** @typedef {import('./encoding.js').Bytes} Bytes */
/** @typedef {{ privateKey: CryptoKey, point: Bytes, address: string }} KeyPair point: x || y */

export const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The key address: the last 20 bytes of keccak256("P256" || x || y). @param {Bytes} point */
export const addressOf = (point) => toHex(keccak256(concat(utf8('P256'), point)).slice(12));

/**
 * A new key. One that is not extractable can be used in this browser, but never carried away.
 * @param {boolean} extractable @returns {Promise<KeyPair>}
 */
export async function generate(extractable) {
  const pair = await crypto.subtle.generateKey(CURVE, extractable, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const point = raw.slice(1);
  return { privateKey: pair.privateKey, point, address: addressOf(point) };
}

/**
 * r || s || x || y over sha-256 of `data`, with low s, which the contracts insist on.
 * @param {KeyPair} key @param {Bytes} data
 */
export async function sign(key, data) {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const raw = new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, data));
  const s = toInteger(raw.slice(32));
  const low = s > ORDER / 2n ? ORDER - s : s;
  return concat(raw.slice(0, 32), fromHex(low.toString(16).padStart(64, '0')), key.point);
}

/** @typedef {KeyPair & { handle: string, account: number, expiry: number }} HeldKey
 *  account: 0 while the account is being made */

/** Of another chain, or another deployment, the same handle is another account. */
const here = () => `${CHAIN.chainId}:${CHAIN.core}`;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @template T @param {(store: IDBObjectStore) => IDBRequest<T>} work */
async function inStore(work) {
  const opening = indexedDB.open('laurel', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  const database = await done(opening);
  try {
    return await done(work(database.transaction('keys', 'readwrite').objectStore('keys')));
  } finally {
    database.close();
  }
}

/** @param {HeldKey} key */
export const hold = (key) => inStore((store) => store.put(key, [here(), key.handle]));

/** @param {string} handle @returns {Promise<HeldKey | undefined>} */
export const held = (handle) => inStore((store) => store.get([here(), handle]));

/** @param {string} handle */
export const forget = (handle) => inStore((store) => store.delete([here(), handle]));

/** @returns {Promise<HeldKey[]>} */
export const allHeld = () =>
  inStore((store) => store.getAll(IDBKeyRange.bound([here()], [here(), []])));
