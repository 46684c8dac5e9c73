// Bytes and the ways to write them.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);

/** @param {Uint8Array | ArrayBuffer} bytes @returns {`0x${string}`} */
export const toHex = (bytes) =>
  `0x${Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('')}`;

/** @param {string} hex with or without 0x @returns {Bytes} */
export const fromHex = (hex) =>
  Uint8Array.from(hex.replace(/^0x/, '').match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** @param {...Uint8Array} parts @returns {Bytes} */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array} bytes big-endian */
export const toInteger = (bytes) => BigInt(toHex(bytes));

/** @param {number} size @returns {Bytes} */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** @param {Bytes} data */
export const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data));
