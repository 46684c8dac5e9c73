// Voting: what it costs, the vote itself, and the old state back when it failed.
import { $, CHAIN, onSubmit, say } from './page.js';
import { api, byKey, perform } from './relay.js';
import { me, session } from './session.js';

const DUST = 50_000_000n; // micro-vests of a vote that move nothing (RewardMath.sol)

/** @param {bigint} part @param {bigint} whole */
const percent = (part, whole) => `${(Number((part * 10_000n) / whole) / 100).toFixed(1)} %`;

/** @param {number} seconds */
function span(seconds) {
  const [unit, size] = seconds < 120 ? ['s', 1] : seconds < 7200 ? ['min', 60] : ['h', 3600];
  return `${Math.ceil(seconds / Number(size))} ${unit}`;
}

/**
 * What a vote costs and when it can be paid for.
 * @param {number} bps @param {{ effective: string, votingMana: string, downvoteMana: string }} account
 * @param {number} day seconds
 */
export function cost(bps, account, day) {
  const effective = BigInt(account.effective);
  const against = bps < 0;
  const used = (effective * BigInt(Math.abs(bps)) + 499_999n) / 500_000n;
  if (used <= DUST) return 'With so little power this vote moves no reward.';
  const mana = BigInt(account.votingMana) + (against ? BigInt(account.downvoteMana) : 0n);
  const price = `Costs ${percent(used, effective)} of your mana; you have ${percent(mana, effective)}.`;
  if (used <= mana) return price;
  const bar = against ? (effective * 5n) / 4n : effective;
  const wait = Number(((used - mana) * 5n * BigInt(day)) / bar) + 1;
  return `${price} Affordable in ${span(wait)}.`;
}

/** @type {Promise<any> | undefined} */
let account;

customElements.define(
  'laurel-vote',
  class extends HTMLElement {
    /** When this page voted on it last, in the chain's seconds: the next vote must be later. */
    at = 0;

    connectedCallback() {
      const form = /** @type {HTMLFormElement} */ ($('form', this));
      const slider = /** @type {HTMLInputElement} */ ($('[type="range"]', form));
      if (!slider) return;
      const show = () => void this.show(Number(slider.value)).catch(() => {});
      slider.addEventListener('input', show);
      slider.addEventListener('focus', show);
      onSubmit(form, (_, button) => this.cast(button?.value ?? 'for', Number(slider.value)));
    }

    /** @param {number} value of the slider, 1 to 100 */
    async show(value) {
      const { handle } = await session();
      const line = $('output', this);
      if (!handle) line.textContent = `${value} %. Sign in to vote.`;
      else {
        account ??= api('GET', `accounts/${handle}`);
        line.textContent = `${value} %. ${cost(value * 100, await account, CHAIN.day)}`;
      }
    }

    /** @param {string} what for, against or back @param {number} value of the slider */
    async cast(what, value) {
      const { account: voter, key } = await me();
      const weight = what === 'back' ? 0 : what === 'against' ? value * -100 : value * 100;
      const values = { account: voter, post: String(this.dataset.post), weight, at: this.at };
      const before = this.dataset.vote ?? '0';
      this.dataset.vote = String(weight);
      this.dataset.state = 'pending';
      say(this, weight ? 'Voting…' : 'Taking your vote back…', 'pending');
      try {
        const done = await perform('Vote', values, byKey(key));
        this.at = done.at + 1;
      } catch (error) {
        this.dataset.vote = before;
        throw error;
      } finally {
        this.dataset.state = '';
      }
      account = undefined;
      say(this, weight ? `You voted ${weight / 100} %.` : 'Your vote is taken back.', 'done');
      const post = await api('GET', `posts/${this.dataset.post}`);
      for (const node of this.querySelectorAll('[data-votes]')) node.textContent = post.votes;
    }
  },
);
