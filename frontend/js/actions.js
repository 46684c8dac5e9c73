// Signed actions: their words, and their EIP-712 message. contracts/actions.json lists the kinds;
// indexer/actions.py says the same in Python.
import { concat, fromHex, toHex, utf8 } from './bytes.js';
import { keccak256 } from './vendor/keccak.js';

const DOMAIN = /** @type {const} */ ([
  ['name', 'string'],
  ['version', 'string'],
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
]);

/**
 * One ABI word. A string (the handle) is left-aligned.
 * @param {string} type @param {unknown} value @returns {import('./bytes.js').Bytes}
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

/** What a wallet sends by itself: types and selectors; a test holds them against the contracts. */
const CALLS = {
  approve: { selector: '095ea7b3', types: ['address', 'uint256'] },
  deposit: { selector: 'fee9fa87', types: ['uint40', 'uint256'] },
};

/** @param {keyof typeof CALLS} name @param {...(string | number | bigint)} values */
export function calldata(name, ...values) {
  const { selector, types } = CALLS[name];
  return toHex(concat(fromHex(selector), ...types.map((type, i) => word(type, values[i]))));
}
