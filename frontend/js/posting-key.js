// Posting keys: when one expires, and how an owner adds one for this browser.
import { chain } from './api.js';
import { storeKey } from './key-store.js';
import { byKey, generate } from './keys.js';
import { perform } from './relay.js';

/** When a posting key made now expires: in 30 days, or 30 of the chain's days if these are longer. @param {Chain} on */
export const postingExpiry = (on) => on.time + 30 * Math.max(on.day, 86_400);

/**
 * Makes a posting key for this browser, and puts it on the chain with an owner's signature.
 * @param {number} account @param {string} handle @param {import('./owner.js').Owner} owner
 */
export async function addPostingKey(account, handle, owner) {
  const key = await generate(false);
  const expiry = postingExpiry(await chain());
  await perform('AddKey', { account, key: key.address, role: 1, expiry }, owner.signer, byKey(key));
  await storeKey({ ...key, account, handle, expiry });
  return key;
}
