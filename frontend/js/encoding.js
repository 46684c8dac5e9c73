// Bytes, and what is signed as bytes: actions as words and as EIP-712 messages, documents in canonical
// form. indexer/actions.py and indexer/content/encoding.py say the same in Python.
import { keccak256 } from './vendor/keccak.js';

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

const DOMAIN = /** @type {const} */ ([
  ['name', 'string'],
  ['version', 'string'],
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
]);

/**
 * One ABI word. A string (the handle) is left-aligned.
 * @param {string} type @param {unknown} value @returns {Bytes}
 */
export function word(type, value) {
  const text = String(value);
  if (type === 'string' || type === 'bytes32') {
    const bytes = type === 'string' ? utf8(text) : fromHex(text);
    if (bytes.length > 32) throw new RangeError(`${text} is longer than 32 bytes.`);
    return concat(bytes, new Uint8Array(32 - bytes.length));
  }
  const number = BigInt(text);
  const bits = type === 'address' ? 160 : Number(type.replace(/\D+/, ''));
  const fits = type[0] === 'i' ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number);
  if (fits !== number) throw new RangeError(`${text} does not fit ${type}.`);
  return fromHex(BigInt.asUintN(256, number).toString(16).padStart(64, '0'));
}

/** The fields as words, in order. @param {Fields} fields @param {Values} values */
export const encode = (fields, values) =>
  concat(...fields.map(([name, type]) => word(type, values[name])));

/**
 * EIP-712 hashStruct of static fields and short strings.
 * @param {string} name @param {Fields} fields @param {Values} values
 */
export function hashStruct(name, fields, values) {
  const type = `${name}(${fields.map(([field, t]) => `${t} ${field}`).join()})`;
  const words = fields.map(([field, t]) =>
    t === 'string' ? keccak256(utf8(String(values[field]))) : word(t, values[field]),
  );
  return keccak256(concat(keccak256(utf8(type)), ...words));
}

/** @param {Chain} chain */
const domain = (chain) => ({
  ...chain.actions.domain,
  chainId: chain.chainId,
  verifyingContract: chain.core,
});

/**
 * The 66 bytes that a key signs: 0x1901 || domain separator || struct hash.
 * @param {Chain} chain @param {string} name of the kind @param {Values} values
 */
export const message = (chain, name, values) =>
  concat(
    fromHex('1901'),
    hashStruct('EIP712Domain', DOMAIN, domain(chain)),
    hashStruct(name, chain.actions.kinds[name].fields, values),
  );

/**
 * What a wallet is given to show and sign (eth_signTypedData_v4).
 * @param {Chain} chain @param {string} name of the kind @param {Values} values
 */
export function typedData(chain, name, values) {
  /** @param {Fields} fields */
  const named = (fields) => fields.map(([field, type]) => ({ name: field, type }));
  const { fields } = chain.actions.kinds[name];
  return {
    types: { EIP712Domain: named(DOMAIN), [name]: named(fields) },
    primaryType: name,
    domain: domain(chain),
    message: Object.fromEntries(fields.map(([field]) => [field, String(values[field])])),
  };
}

/** Calldata of a contract's function. @param {string} call such as approve(address,uint256)
 *  @param {...(string | number | bigint)} values */
export function calldata(call, ...values) {
  const types = call.match(/\w+(?=[,)])/g) ?? [];
  const words = types.map((type, i) => word(type, values[i]));
  return toHex(concat(keccak256(utf8(call)).slice(0, 4), ...words));
}

/**
 * Keys sorted and strings in NFC without U+0000 (no database keeps it), all the way down.
 * @param {unknown} value @returns {unknown}
 */
function ordered(value) {
  if (typeof value === 'string') return value.replaceAll('\0', '').normalize('NFC');
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, held]) => [key, ordered(held)]));
}

/** For ASCII keys that are not numbers, and whole numbers. @param {object} document */
export const canonical = (document) => utf8(JSON.stringify(ordered(document)));

/** The id of a post: account (40 bits), then the first 216 bits of the digest.
 * @param {number} account @param {string} digest 0x and 64 hex digits */
export const postId = (account, digest) =>
  `0x${account.toString(16).padStart(10, '0')}${digest.slice(2, 56)}`;
