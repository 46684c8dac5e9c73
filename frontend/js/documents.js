// Documents: their canonical bytes, and the id of the post that a document makes.
// indexer/content/encoding.py does the same in Python.
import { utf8 } from './encoding.js';

/**
 * The value with its keys sorted and its strings in NFC without U+0000 (no database keeps it), at every depth.
 * @param {unknown} value @returns {unknown}
 */
function ordered(value) {
  if (typeof value === 'string') return value.replaceAll('\0', '').normalize('NFC');
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, held]) => [key, ordered(held)]));
}

/** A document's canonical bytes. Keys must be ASCII and not digits alone; numbers must be whole. @param {object} document */
export const canonical = (document) => utf8(JSON.stringify(ordered(document)));

/** The id of a post: account (40 bits), then the first 216 bits of the digest.
 * @param {number} account @param {string} digest 0x and 64 hex digits */
export const postId = (account, digest) =>
  `0x${account.toString(16).padStart(10, '0')}${digest.slice(2, 56)}`;
