// Sends an action with the person's own wallet, which pays the gas: anybody may call the contracts' relay().
import { concat, dynamic, fromHex, toHex, utf8, word } from './encoding.js';
import { askOwner } from './owner.js';
import { keccak256 } from './vendor/keccak.js';

/** @param {string} text signature of a function or an event */
const hash = (text) => keccak256(utf8(text));

/** Calldata of relay() with one action. @param {{ kind: number, action: string, signature: string }} item */
export function relayed({ kind, action, signature }) {
  const [body, proof] = [action, signature].map((hex) => dynamic(fromHex(hex)));
  // Offset of the batch, its length, offset of its item; then the item: kind, offsets of its two byte strings.
  const words = [32, 1, 32, kind, 96, 96 + body.length].map((number) => word('uint40', number));
  return toHex(concat(hash('relay((uint8,bytes,bytes)[])').slice(0, 4), ...words, body, proof));
}

/**
 * Asks for a wallet, and sends the action with it. Throws an Error if the person cancels, or the chain refuses.
 * @param {string} why @param {string} to the contract's address @param {Parameters<typeof relayed>[0]} item
 */
export async function pay(why, to, item) {
  const { wallet } = await askOwner(`${why} Send it with your wallet now?`, true);
  const receipt = await wallet?.send(to, relayed(item));
  // relay() skips an action that the contracts refuse, and emits an event.
  const skipped = toHex(hash('Skipped(uint256,bytes4)'));
  if (receipt?.logs.some(({ topics }) => topics[0] === skipped))
    throw new Error('The chain refused this. Load the page again to see why.');
}
