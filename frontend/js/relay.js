// The site's API, and the way of an action through it: sign it, hand it to the relay, wait until the
// pages have it.
import { encode, message, typedData } from './actions.js';
import { concat, random, toHex, toInteger } from './bytes.js';
import { sign } from './keys.js';

/** @typedef {{ detail?: string, code?: string }} Problem RFC 9457 */

export class Refused extends Error {
  /** @param {Problem} problem */
  constructor({ detail, code }) {
    super(detail ?? 'The site has a problem. Try again in a moment.');
    this.code = code;
  }
}

/**
 * The answer, as JSON. Throws Refused, whose message is a sentence for people.
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
    throw new Refused({ detail: 'The site does not answer. Nothing is lost; try again.' });
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer);
  return answer;
}

/** @returns {Promise<Chain>} as of now */
export const chain = () => api('GET', 'chain');

/** @typedef {(on: Chain, name: string, values: Values) => Promise<string>} Signer */
/** @typedef {import('./keys.js').KeyPair} KeyPair */

/** @param {KeyPair} key @returns {Signer} */
export const byKey = (key) => async (on, name, values) =>
  toHex(await sign(key, message(on, name, values)));

/** @param {import('./owner.js').Wallet} wallet @returns {Signer} */
export const byWallet = (wallet) => (on, name, values) =>
  wallet.signTyped(typedData(on, name, values));

/**
 * Does a signed action; throws an Error that says why it was not done.
 * @param {string} name of the kind
 * @param {Values} values without deadline, nonce and at, which follow from the chain's clock
 * @param {Signer} signer
 * @param {KeyPair} [proof] the new key, where the kind has one
 */
export async function perform(name, values, signer, proof) {
  const on = await chain();
  const { kind, fields } = on.actions.kinds[name];
  // A vote's moment must have passed when its block is made; an idle chain's latest block is too old.
  const at = Math.max(on.latest, on.time - 1800, Number(values.at ?? 0));
  const all = { deadline: on.time + 1800, nonce: toInteger(random(32)), ...values, at };
  const action = encode(fields, all);
  const possession = proof ? await sign(proof, message(on, name, all)) : new Uint8Array();
  const signature = await signer(on, name, all);
  const signed = { kind, action: toHex(concat(action, possession)), signature };
  await settled(await api('POST', 'relay', signed));
  return all;
}

const TRIES = 400;
const pause = () => new Promise((done) => setTimeout(done, 200));
const SLOW = 'The chain is slow. This is sent and will appear by itself; look again later.';

/** Waits until a ticket's action is in the pages. @param {any} ticket */
export async function settled(ticket) {
  for (let tries = 0; tries < TRIES; tries++) {
    if (ticket.state === 'skipped' || ticket.state === 'expired') throw new Error(ticket.detail);
    if (ticket.indexed) return ticket;
    await pause();
    ticket = await api('GET', `tickets/${ticket.id}`);
  }
  throw new Error(SLOW);
}

/** Waits until a block is in the pages. @param {number} block */
export async function mirrored(block) {
  for (let tries = 0; (await chain()).block < block; tries++) {
    if (tries > TRIES) throw new Error(SLOW);
    await pause();
  }
}

/** When a posting key made now ends: after 30 days, and 30 of the chain's. @param {Chain} on */
export const postingExpiry = (on) => on.time + 30 * Math.max(on.day, 86_400);
