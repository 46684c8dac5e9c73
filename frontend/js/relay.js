// The relay: signs an action, hands it to the site to be sent, and waits until the pages have it.
import { api, chain, eventually } from './api.js';
import { encode, random, toHex, toInteger, typedData } from './encoding.js';
import { $ } from './page.js';

/** In localStorage, there if a person's actions are all to go by their own wallet. */
export const OWN_GAS = 'laurel-own-gas';
/** What the relay refuses to pay for, and a wallet may. */
const PAYABLE = ['quota_used', 'rate_limited', 'relayer_empty'];

/**
 * Does a signed action; throws an Error that says why it was not done.
 * @param {string} name of the kind
 * @param {Values} values without deadline, nonce and at, which follow from the chain's clock
 * @param {Signer} signer
 * @param {Signer} [proof] makes what the kind wants beside the signature: the new key's
 * @param {Record<string, string>} [shown] what the relay lets a registration in by
 */
export async function perform(name, values, signer, proof, shown) {
  const on = await chain();
  // A vote's moment must have passed when its block is made; an idle chain's latest block is too old.
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
 * Waits until a ticket's action is in the pages. Where the relay itself has to wait, it throws an Error that says
 * why after a while; the action stays queued.
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
