// The posting keys that this browser holds, in IndexedDB: one for each handle.
import { CHAIN } from './page.js';

/** @typedef {import('./keys.js').KeyPair & { handle: string, account: number, expiry: number }} HeldKey
 *  expiry: in the chain's seconds */

/** On another chain, or in another deployment, the same handle is another account. */
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

/** Stores a key, in place of the handle's earlier one. @param {HeldKey} key */
export const hold = (key) => inStore((store) => store.put(key, [here(), key.handle]));

/** @param {string} handle @returns {Promise<HeldKey | undefined>} */
export const held = (handle) => inStore((store) => store.get([here(), handle]));

/** @param {string} handle */
export const forget = (handle) => inStore((store) => store.delete([here(), handle]));

/** @returns {Promise<HeldKey[]>} */
export const allHeld = () =>
  inStore((store) => store.getAll(IDBKeyRange.bound([here()], [here(), []])));
