// The site's API, and the way of an action through it: sign it, hand it to the relay, wait until the
// pages have it.
import { encode, message, random, toHex, toInteger, typedData } from './encoding.js';
import { sign } from './keys.js';
import { $ } from './page.js';

/** In localStorage, there if a person's actions are all to go by their own wallet. */
export const OWN_GAS = 'laurel-own-gas';
/** What the relay refuses to pay for, and a wallet may. */
const PAYABLE = ['quota_used', 'rate_limited', 'relayer_empty'];

/**
 * @param {{ detail?: string, code?: string }} problem RFC 9457
 * @returns {Error & { code?: string }}
 */
const refusal = ({ detail = 'The site has a problem. Try again.', code }) =>
  Object.assign(new Error(detail), { code });

/**
 * The answer, as JSON. Throws an Error with a sentence for people, and the problem's code.
 * @param {string} method @param {string} path under /api/v1/
 * @param {BodyInit | object} [body] sent as JSON, but bytes as they are
 * @returns {Promise<any>}
 */
export async function api(method, path, body) {
  const raw = body instanceof Blob || body instanceof Uint8Array;
  const type = body instanceof File ? body.type : `application/${raw ? 'octet-stream' : 'json'}`;
  const sent = raw ? /** @type {BodyInit} */ (body) : JSON.stringify(body);
  const init = body && { headers: { 'Content-Type': type }, body: sent };
  const response = await fetch(`/api/v1/${path}`, { method, ...init }).catch(() => {
    throw refusal({ detail: 'The site does not answer. Nothing is lost; try again.' });
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(answer);
  return answer;
}

/** @returns {Promise<Chain>} as of now */
export const chain = () => api('GET', 'chain');

/** @typedef {(typed: Typed) => Promise<string>} Signer */
/** @typedef {import('./keys.js').KeyPair} KeyPair */

/** @param {KeyPair} key @returns {Signer} */
export const byKey = (key) => async (typed) => toHex(await sign(key, message(typed)));

/** @param {import('./owner.js').Wallet} wallet @returns {Signer} */
export const byWallet = (wallet) => wallet.signTyped;

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
 * Looks again and again until there is something, for about a minute.
 * @template T @param {() => Promise<T>} look @returns {Promise<NonNullable<T>>}
 */
export async function eventually(look) {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('The chain is slow. This is sent; look again later.');
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

/** When a posting key made now ends: after 30 days, and 30 of the chain's. @param {Chain} on */
export const postingExpiry = (on) => on.time + 30 * Math.max(on.day, 86_400);
