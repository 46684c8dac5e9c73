// Byte arrays, and actions as bytes: their fields as ABI words, and the EIP-712 message that a key signs.
// indexer/protocol/actions.py does the same in Python.
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
export const concat = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** @param {Uint8Array} bytes big-endian */
export const toInteger = (bytes) => BigInt(toHex(bytes));

/** @param {number} size @returns {Bytes} */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** @param {Bytes} data */
export const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data));

/** @type {Fields} */
const DOMAIN = [
  ['name', 'string'],
  ['version', 'string'],
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
];

/**
 * One ABI word, 32 bytes. A string (a handle) is left-aligned. Throws a RangeError if the value does not fit.
 * @param {string} type @param {any} value @returns {Bytes}
 */
export function word(type, value) {
  if (type === 'string' || type === 'bytes32') {
    const bytes = type === 'string' ? utf8(value) : fromHex(value);
    if (bytes.length > 32) throw new RangeError(`${value} does not fit ${type}.`);
    return concat(bytes, new Uint8Array(32 - bytes.length));
  }
  const number = BigInt(value);
  const bits = type === 'bool' ? 1 : Number(type.match(/\d+/) ?? 160); // an address has 160
  const fits = BigInt[type[0] === 'i' ? 'asIntN' : 'asUintN'](bits, number);
  if (fits !== number) throw new RangeError(`${value} does not fit ${type}.`);
  return fromHex(BigInt.asUintN(256, number).toString(16).padStart(64, '0'));
}

/** ABI's dynamic bytes: the length, then the bytes, padded to whole words. @param {Bytes} data */
export const dynamic = (data) =>
  concat(word('uint40', data.length), data, new Uint8Array(-data.length & 31));

/** The type of an array's elements. @param {string} type */
const inner = (type) => type.slice(0, -2);

/**
 * An action as a wallet shows and signs it (eth_signTypedData_v4), and as it is encoded and hashed below.
 * @param {Chain} chain @param {string} name of the kind @param {Values} values @returns {Typed}
 */
export function typedData({ actions, chainId, ...addresses }, name, values) {
  const { contract, fields } = actions.kinds[name];
  const structs = { ...actions.types, [name]: fields, EIP712Domain: DOMAIN };
  /** @type {Typed['types']} */
  const types = {};
  for (const used of ['EIP712Domain', name, ...fields.map(([, type]) => inner(type))]) {
    if (structs[used]) types[used] = structs[used].map(([name, type]) => ({ name, type }));
  }
  return {
    types,
    primaryType: name,
    domain: { ...actions.domains[contract], chainId, verifyingContract: addresses[contract] },
    message: Object.fromEntries(fields.map(([field]) => [field, values[field]])),
  };
}

/**
 * abi.encode of the fields, in order. At most one is an array; its elements follow all fields.
 * @param {Typed} typed
 */
export function encode({ types, primaryType, message }) {
  /** @type {Bytes[]} */
  let tail = [];
  const words = types[primaryType].map(({ name, type }, _, { length }) => {
    const value = message[name];
    if (!Array.isArray(value)) return word(type, value);
    const fields = types[inner(type)];
    const elements = value.flatMap((item) =>
      fields ? fields.map(({ name, type }) => word(type, item[name])) : word(inner(type), item),
    );
    tail = [word('uint40', value.length), ...elements];
    return word('uint40', 32 * length);
  });
  return concat(...words, ...tail);
}

/** EIP-712's encodeType of one struct, without the structs that it refers to.
 * @param {Typed['types']} types @param {string} name */
const declared = (types, name) =>
  types[name] ? `${name}(${types[name].map(({ name, type }) => `${type} ${name}`)})` : '';

/**
 * EIP-712 encodeData of one value.
 * @param {Typed['types']} types @param {string} type @param {any} value @returns {Bytes}
 */
function encodeData(types, type, value) {
  const fields = types[type];
  if (fields) {
    const texts = fields.map((field) => declared(types, inner(field.type)));
    const typeHash = keccak256(utf8(declared(types, type) + texts.join('')));
    const words = fields.map(({ name, type }) => encodeData(types, type, value[name]));
    return keccak256(concat(typeHash, ...words));
  }
  if (Array.isArray(value)) {
    return keccak256(concat(...value.map((item) => encodeData(types, inner(type), item))));
  }
  return type === 'string' ? keccak256(utf8(value)) : word(type, value);
}

/** The 66 bytes that a key signs: 0x1901 || domain separator || struct hash. @param {Typed} typed */
export const message = ({ types, primaryType, domain, message }) =>
  concat(
    fromHex('1901'),
    encodeData(types, 'EIP712Domain', domain),
    encodeData(types, primaryType, message),
  );

/** Calldata of a contract's function. @param {string} call such as approve(address,uint256)
 *  @param {...(string | number | bigint)} values */
export function calldata(call, ...values) {
  const types = call.match(/\w+(?=[,)])/g) ?? [];
  const words = types.map((type, i) => word(type, values[i]));
  return toHex(concat(keccak256(utf8(call)).slice(0, 4), ...words));
}
