// Voting: what a vote costs and moves; casting it, and taking it back.
import { api } from './api.js';
import { byKey } from './keys.js';
import { $, CHAIN, formOf, onSubmit, say } from './page.js';
import { perform } from './relay.js';
import { me, session } from './session.js';

const DUST = 50_000_000n; // micro-vests; a vote of no more moves no reward (RewardMath.sol)

/** @param {bigint} part @param {bigint} whole */
const percent = (part, whole) => `${(Number((part * 10_000n) / whole) / 100).toFixed(1)} %`;

/** @param {number} seconds */
function span(seconds) {
  const [size, unit] = seconds < 120 ? [1, 's'] : seconds < 7200 ? [60, 'min'] : [3600, 'h'];
  return `${Math.ceil(seconds / Number(size))} ${unit}`;
}

/**
 * Says what a vote costs, when there is mana for it, and how much it moves.
 * @param {number} bps @param {{ effective: string, votingMana: string, downvoteMana: string }} account
 * @param {number} day seconds @param {number} worth wei for one rshare
 */
export function cost(bps, account, day, worth) {
  const effective = BigInt(account.effective);
  const against = bps < 0;
  const used = (effective * BigInt(Math.abs(bps)) + 499_999n) / 500_000n;
  if (used <= DUST) return 'With so little power this vote moves no reward.';
  const mana = BigInt(account.votingMana) + (against ? BigInt(account.downvoteMana) : 0n);
  const price = `Costs ${percent(used, effective)} of your mana; you have ${percent(mana, effective)}.`;
  if (used <= mana) {
    const lrl = (Number(used - DUST) * worth) / 1e18;
    return `${price} Moves about ${lrl.toPrecision(2)} LRL.`;
  }
  const bar = against ? (effective * 5n) / 4n : effective;
  const wait = Number(((used - mana) * 5n * BigInt(day)) / bar) + 1;
  return `${price} Affordable in ${span(wait)}.`;
}

/** @type {Promise<any> | undefined} the voter's account; asked for anew after each vote */
let account;

customElements.define(
  'laurel-vote',
  class extends HTMLElement {
    /** The earliest time of the next vote, in the chain's seconds: it must be later than the last vote's. */
    at = 0;

    connectedCallback() {
      const form = formOf(this, 'vote-form');
      const slider = /** @type {HTMLInputElement} */ (form.elements.namedItem('weight'));
      const against = /** @type {HTMLInputElement} */ (form.elements.namedItem('against'));
      const bps = () => (against.checked ? -100 : 100) * Number(slider.value);
      const show = () => this.show(bps()).catch((error) => say(form, error.message, 'error'));
      for (const event of ['input', 'focusin']) form.addEventListener(event, show);
      onSubmit(form, (_, button) => this.cast(form, button?.value === 'back' ? 0 : bps()));
      const standing = Number(this.dataset.mine ?? 0);
      if (standing) {
        slider.value = String(Math.abs(standing) / 100);
        against.checked = standing < 0;
        $('[value="back"]', form).hidden = false;
      }
      this.mark(bps());
    }

    /** Shows the slider's value. @param {number} bps */
    mark(bps) {
      $('[name="strength"]', this).textContent = `${Math.abs(bps) / 100} %`;
    }

    /** Shows what the vote would cost. @param {number} bps */
    async show(bps) {
      this.mark(bps);
      const { handle } = await session();
      const voter = handle && (await (account ??= api('GET', `accounts/${handle}`)));
      const worth = Number(this.dataset.worth ?? 0);
      $('[name="cost"]', this).textContent = voter
        ? cost(bps, voter, CHAIN.day, worth)
        : 'Sign in to vote.';
    }

    /** @param {HTMLElement} form @param {number} weight bps; 0 takes the vote back */
    async cast(form, weight) {
      const { account: voter, key } = await me();
      const post = String(this.dataset.post);
      say(form, 'Voting…', 'pending');
      account = undefined;
      const values = { account: voter, post, weight, at: this.at };
      this.at = (await perform('Vote', values, byKey(key))).at + 1;
      $('[value="back"]', this).hidden = !weight;
      const done = weight ? `Your vote of ${weight / 100} % counts.` : 'Your vote is taken back.';
      say(form, done, 'done');
      const { votes } = await api('GET', `posts/${post}`);
      const count = $(`[data-votes="${post}"]`);
      if (count) count.textContent = `${votes} vote${votes === 1 ? '' : 's'}`;
    }
  },
);
