// How an action comes to the chain: it is signed, the site's relay sends it, then the pages show it.
import { api, chain, eventually } from './api.js';
import { encode, random, toHex, toInteger, typedData } from './encoding.js';
import { $ } from './page.js';

/** The entry of localStorage that is set if the person's own wallet is to send every action. */
export const OWN_GAS = 'laurel-own-gas';
/** The codes with which the relay refuses an action that a wallet can send instead. */
const PAYABLE = ['quota_used', 'rate_limited', 'relayer_empty'];

/**
 * Signs an action, sends it, and waits until the pages have it. Throws an Error that says why it was not done.
 * Returns all values that were signed.
 * @param {string} name of the kind
 * @param {Values} values without deadline, nonce and at, which follow from the chain's clock
 * @param {Signer} signer
 * @param {Signer} [proof] makes the kind's second signature, if it has one: the new key's
 * @param {Record<string, string>} [shown] the invitation or proof of work of a registration
 */
export async function perform(name, values, signer, proof, shown) {
  const on = await chain();
  // A vote's time must have passed by the time of its block. An idle chain's latest block is too old to take.
  const at = Math.max(on.latest, on.time - 1800, Number(values.at ?? 0));
  const all = { deadline: on.time + 1800, nonce: String(toInteger(random(32))), ...values, at };
  const typed = typedData(on, name, all);
  const action = toHex(encode(typed)) + ((await proof?.(typed)) ?? '').slice(2);
  const signature = await signer(typed);
  const { kind, contract } = on.actions.kinds[name];
  const item = { kind, action, signature };
  /** @param {string} why */
  const byOwnGas = async (why) => (await import('./pay-gas.js')).pay(why, on[contract], item);
  if (localStorage.getItem(OWN_GAS)) {
    await byOwnGas('You chose to pay the gas yourself.');
    return all;
  }
  const ticket = await api('POST', 'relay', { ...item, ...shown }).catch((error) => {
    if (!PAYABLE.includes(error.code)) throw error;
    return byOwnGas(error.message);
  });
  if (ticket) await settled(ticket);
  const line = ticket?.quota?.low && $('[data-quota]');
  if (line) {
    line.textContent = ticket.quota.says;
    line.hidden = false;
  }
  return all;
}

/**
 * Waits until a ticket's action is in the pages. Throws an Error if the action failed, or if the relay itself has to
 * wait for long: then the action stays queued.
 * @param {{ id: string }} ticket
 */
export function settled({ id }) {
  let waiting = 0;
  return eventually(async () => {
    const { state, detail, waits, indexed } = await api('GET', `tickets/${id}`);
    if (state === 'skipped' || state === 'expired') throw new Error(detail);
    if (waits && ++waiting > 25) throw new Error(waits);
    return indexed;
  });
}
