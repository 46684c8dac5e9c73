// What people type: amounts of LRL, and whom they mean by a handle.
import { api } from './relay.js';

/** LRL as typed to wei. @param {string} text */
export function toWei(text) {
  const [, whole, part = ''] = text.trim().match(/^(\d{1,12})(?:\.(\d{1,18}))?$/) ?? [];
  const wei = whole ? BigInt(whole + part.padEnd(18, '0')) : 0n;
  if (!wei) throw new Error('Write an amount of LRL, such as 12.5.');
  return String(wei);
}

/** The account of a handle, with or without @. Throws an Error if there is none. @param {unknown} handle */
export const accountOf = (handle) =>
  api('GET', `accounts/${String(handle).trim().replace('@', '')}`);
