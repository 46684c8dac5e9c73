// Amounts of LRL.

/** Wei, in decimal digits, of an amount of LRL as typed. Throws an Error if it is none, or 0. @param {string} text */
export function toWei(text) {
  const [, whole, part = ''] = text.trim().match(/^(\d{1,12})(?:\.(\d{1,18}))?$/) ?? [];
  const wei = whole ? BigInt(whole + part.padEnd(18, '0')) : 0n;
  if (!wei) throw new Error('Write an amount of LRL, such as 12.5.');
  return String(wei);
}
