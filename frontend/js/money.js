// The wallet page: claim, power up, withdraw, deposit. Money always asks the owner.
import { calldata } from './encoding.js';
import { askOwner } from './owner.js';
import { $, onSubmit, say } from './page.js';
import { api, chain, perform, settled } from './relay.js';
import { person } from './session.js';

/** LRL as typed to wei. @param {string} text */
export function toWei(text) {
  const [, whole, part = ''] = text.trim().match(/^(\d{1,12})(?:\.(\d{1,18}))?$/) ?? [];
  const wei = whole ? BigInt(whole + part.padEnd(18, '0')) : 0n;
  if (!wei) throw new Error('Write an amount of LRL, such as 12.5.');
  return String(wei);
}

/** @typedef {{ account: number, amount: string, to: string, lrl: string, whose: string }} Order */

/**
 * What each form does, said in plain words before anything is signed.
 * @type {Record<string, { says: (order: Order) => string, does: (order: Order, owner: import('./owner.js').Owner) => Promise<unknown> }>}
 */
const ORDERS = {
  'power-up': {
    says: ({ lrl, whose }) =>
      `Turn ${lrl} of ${whose}'s balance into power. Power cannot be taken out again yet.`,
    does: ({ account, amount }, { signer }) =>
      perform('PowerUp', { account, to: account, amount }, signer),
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

customElements.define(
  'laurel-wallet',
  class extends HTMLElement {
    connectedCallback() {
      for (const [name, { says, does }] of Object.entries(ORDERS)) {
        const form = /** @type {HTMLFormElement | null} */ ($(`[data-do="${name}"]`, this));
        if (!form) continue;
        onSubmit(form, async (data) => {
          const { account, handle } = await person();
          const [typed, to] = [String(data.get('amount')), String(data.get('to'))];
          const order = {
            account,
            amount: toWei(typed),
            to,
            lrl: `${typed} LRL`,
            whose: `@${handle}`,
          };
          const owner = await askOwner(says(order), name === 'deposit');
          say(form, 'Waiting for the chain…', 'pending');
          await does(order, owner);
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
