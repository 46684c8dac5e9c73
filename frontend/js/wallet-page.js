// The wallet page: moves money and power, and claims rewards. An owner must sign whatever moves money.
import { toWei } from './amounts.js';
import { accountOf, api, chain } from './api.js';
import { calldata } from './encoding.js';
import { askOwner } from './owner.js';
import { $, onSubmit, say } from './page.js';
import { OWN_GAS, perform, settled } from './relay.js';
import { person } from './session.js';

const NO_MEMO = `0x${'0'.repeat(64)}`;

/** @typedef {import('./owner.js').Owner} Owner
 * @typedef {{ account: number, amount: string, vests: string, to: string, other: number, lrl: string, whose: string }} Order
 *  amount: wei; vests: the same in micro-vests; to: an address, or the handle of the account `other` */

/**
 * By a form's data-do: `says` tells the owner what is about to be signed, `does` does it.
 * @type {Record<string, { says: (order: Order) => string, does: (order: Order, owner: Owner) => Promise<unknown> }>}
 */
const ORDERS = {
  transfer: {
    says: ({ lrl, whose, to }) => `Send ${lrl} from ${whose} to @${to}. It cannot be taken back.`,
    does: ({ account, amount, other }, { signer }) =>
      perform('Transfer', { account, to: other, amount, memo: NO_MEMO }, signer),
  },
  'power-up': {
    says: ({ lrl, whose }) =>
      `Turn ${lrl} of ${whose}'s balance into power. Taking it out again takes 13 weeks.`,
    does: ({ account, amount }, { signer }) =>
      perform('PowerUp', { account, to: account, amount }, signer),
  },
  'power-down': {
    says: ({ lrl, whose }) =>
      `Take ${lrl} out of ${whose}'s power. It stops voting now, and comes to the balance in 13 parts, one every 7 days. An earlier power down ends.`,
    does: ({ account, vests }, { signer }) => perform('PowerDown', { account, vests }, signer),
  },
  stop: {
    says: ({ whose }) => `Stop the power down of ${whose}. What is still to come votes again.`,
    does: ({ account }, { signer }) => perform('PowerDown', { account, vests: 0 }, signer),
  },
  delegate: {
    says: ({ lrl, whose, to }) =>
      `Let @${to} vote with ${lrl} of ${whose}'s power, and no more. It can be taken back, and then votes for ${whose} again after 5 days.`,
    does: ({ account, other, vests }, { signer }) =>
      perform('Delegate', { account, to: other, vests }, signer),
  },
  'take-back': {
    says: ({ whose, to }) =>
      `Take back what ${whose} lends to @${to}. It votes for ${whose} again after 5 days.`,
    does: ({ account, other }, { signer }) =>
      perform('Delegate', { account, to: other, vests: 0 }, signer),
  },
  withdraw: {
    says({ lrl, whose, to }) {
      if (!/^0x[\da-f]{40}$/i.test(to)) throw new Error('An address is 0x and 40 hex digits.');
      return `Send ${lrl} from ${whose} to the address ${to}. It cannot be taken back.`;
    },
    does: ({ account, amount, to }, { signer }) =>
      perform('Withdraw', { account, to, amount }, signer),
  },
  deposit: {
    says: ({ lrl, whose }) => `Deposit ${lrl} from your wallet to ${whose}. The wallet asks twice.`,
    async does({ account, amount }, { wallet }) {
      const { core, token } = await chain();
      await wallet?.send(token, calldata('approve(address,uint256)', core, amount));
      await wallet?.send(core, calldata('deposit(uint40,uint256)', account, amount));
    },
  },
};

/** @param {FormData} data @returns {Promise<Order>} */
async function order(data) {
  const { account, handle } = await person();
  const [typed, name] = [data.get('amount'), data.get('handle')];
  const amount = typed === null ? '0' : toWei(String(typed));
  const other = name && (await accountOf(name));
  return {
    account,
    amount,
    vests: String(BigInt(amount) / 1_000_000_000n),
    to: other?.handle ?? String(data.get('to')),
    other: other?.account,
    lrl: `${typed} LRL`,
    whose: `@${handle}`,
  };
}

customElements.define(
  'laurel-wallet',
  class extends HTMLElement {
    connectedCallback() {
      const own = /** @type {HTMLInputElement | null} */ ($('[name="own-gas"]', this));
      if (own) {
        own.disabled = false;
        own.checked = !!localStorage.getItem(OWN_GAS);
        own.addEventListener('change', () => {
          if (own.checked) localStorage.setItem(OWN_GAS, 'wallet');
          else localStorage.removeItem(OWN_GAS);
        });
      }
      for (const form of this.querySelectorAll('form[data-do]')) {
        const name = String(form.getAttribute('data-do'));
        onSubmit(/** @type {HTMLFormElement} */ (form), async (data) => {
          const made = await order(data);
          const owner = await askOwner(ORDERS[name].says(made), name === 'deposit');
          say(form, 'Waiting for the chain…', 'pending');
          await ORDERS[name].does(made, owner);
          location.reload();
        });
      }
    }
  },
);

customElements.define(
  'laurel-claim',
  class extends HTMLElement {
    connectedCallback() {
      const form = /** @type {HTMLFormElement} */ ($('form', this));
      onSubmit(form, async () => {
        say(form, 'Waiting for the chain…', 'pending');
        await settled(await api('POST', `accounts/${this.dataset.handle}/claim`));
        location.reload();
      });
    }
  },
);
