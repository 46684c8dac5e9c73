// The posting keys that this browser holds, in IndexedDB: one for each handle.
import { CHAIN } from './page.js';

/** @typedef {import('./keys.js').KeyPair & { handle: string, account: number, expiry: number }} StoredKey
 *  expiry: in the chain's seconds */

/** Part of each entry's name: on another chain, or in another deployment, the same handle is another account. */
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

/** Stores a key, in place of the handle's earlier one. @param {StoredKey} key */
export const storeKey = (key) => inStore((store) => store.put(key, [here(), key.handle]));

/** @param {string} handle @returns {Promise<StoredKey | undefined>} */
export const storedKey = (handle) => inStore((store) => store.get([here(), handle]));

/** @param {string} handle */
export const forgetKey = (handle) => inStore((store) => store.delete([here(), handle]));

/** @returns {Promise<StoredKey[]>} */
export const storedKeys = () =>
  inStore((store) => store.getAll(IDBKeyRange.bound([here()], [here(), []])));
