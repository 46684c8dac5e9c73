// The recovery file: an owner key, encrypted with a passphrase.
import { concat, fromHex, random, toHex, utf8 } from './encoding.js';
import { CURVE, addressOf } from './keys.js';

const ROUNDS = 600_000;

/**
 * The AES key that a passphrase derives.
 * @param {string} passphrase @param {import('./encoding.js').Bytes} salt
 * @param {number} iterations @param {KeyUsage} usage
 */
async function aesKey(passphrase, salt, iterations, usage) {
  const typed = utf8(passphrase.normalize('NFKC'));
  const base = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey']);
  const kdf = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(kdf, base, { name: 'AES-GCM', length: 256 }, false, [usage]);
}

/**
 * Encrypts an owner key, which must be extractable. Returns the text of the recovery file.
 * @param {import('./keys.js').KeyPair} key @param {string} handle @param {string} passphrase
 */
export async function seal(key, handle, passphrase) {
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key.privateKey));
  const secret = concat(key.point, pkcs8);
  const [salt, iv] = [random(16), random(12)];
  const aes = await aesKey(passphrase, salt, ROUNDS, 'encrypt');
  const box = { name: 'AES-GCM', iv, additionalData: utf8(handle + key.address) };
  return JSON.stringify(
    {
      laurel: 'recovery file: the owner key of an account, encrypted with your passphrase',
      v: 1,
      handle,
      address: key.address,
      kdf: { name: 'PBKDF2-SHA256', iterations: ROUNDS, salt: toHex(salt) },
      cipher: { name: 'AES-256-GCM', iv: toHex(iv) },
      secret: toHex(await crypto.subtle.encrypt(box, aes, secret)),
    },
    null,
    1,
  );
}

/**
 * Decrypts the owner key in a recovery file. Throws an Error that says what is wrong.
 * @param {string} text @param {string} passphrase
 * @returns {Promise<{ handle: string, key: import('./keys.js').KeyPair }>}
 */
export async function open(text, passphrase) {
  let file;
  try {
    file = JSON.parse(text);
    if (file.v !== 1 || !(file.kdf.iterations <= 10 * ROUNDS)) throw 0;
  } catch {
    throw new Error('This is not a recovery file of ours.');
  }
  const { handle, address, kdf, cipher, secret } = file;
  let plain;
  try {
    const aes = await aesKey(passphrase, fromHex(kdf.salt), kdf.iterations, 'decrypt');
    const box = { name: 'AES-GCM', iv: fromHex(cipher.iv), additionalData: utf8(handle + address) };
    plain = new Uint8Array(await crypto.subtle.decrypt(box, aes, fromHex(secret)));
  } catch {
    throw new Error('The passphrase does not open this file, or the file is damaged.');
  }
  const [point, pkcs8] = [plain.slice(0, 64), plain.slice(64)];
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, CURVE, false, ['sign']);
  return { handle, key: { privateKey, point, address: addressOf(point) } };
}
