// The session: who is signed in, with which posting key, and how a key or a wallet signs in.
import { api } from './api.js';
import { toHex, utf8 } from './encoding.js';
import { storedKey } from './key-store.js';
import { sign } from './keys.js';

/** @type {Promise<{ account: number | null, handle: string }> | undefined} */
let asked;

/** Who is signed in; asked for once. `account` is null if nobody is. */
export const session = () => (asked ??= api('GET', 'session'));

/** Who is signed in. Throws an Error if nobody is. */
export async function person() {
  const { account, handle } = await session();
  if (!account) throw new Error('Sign in first, at the top of the page.');
  return { account, handle };
}

/** Who is signed in, with the posting key. Throws an Error that says what is missing. */
export async function me() {
  const { account, handle } = await person();
  const key = await storedKey(handle);
  if (!key) throw new Error('This browser has no posting key. Make one under "Keys".');
  return { account, handle, key };
}

/**
 * Signs in with the text that the server issues.
 * @param {string} address @param {'p256' | 'secp256k1'} curve
 * @param {(text: string) => Promise<string>} signText
 */
async function signIn(address, curve, signText) {
  const { id, message } = await api('POST', 'session/challenge', { address, curve });
  // Whatever the server sends, the key signs nothing except a sign-in.
  if (!message.startsWith(`${location.host} wants you to sign in`)) {
    throw new Error('What the server sent is no sign-in text. Nothing was signed.');
  }
  asked = undefined;
  return api('POST', 'session', { id, signature: await signText(message) });
}

/** @param {import('./keys.js').KeyPair} key */
export const signInByKey = (key) =>
  signIn(key.address, 'p256', async (text) => toHex(await sign(key, utf8(text))));

/** @param {import('./wallets.js').Wallet} wallet */
export const signInByWallet = (wallet) => signIn(wallet.address, 'secp256k1', wallet.signText);
