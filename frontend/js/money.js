// The wallet page: claim, power up, withdraw, deposit. Money always asks the owner.
import { calldata } from './actions.js';
import { askOwner } from './owner.js';
import { $, onSubmit, say } from './page.js';
import { api, chain, mirrored, perform, settled } from './relay.js';
import { session } from './session.js';

/** LRL as typed to wei. @param {string} text */
export function toWei(text) {
  const [, whole, part = ''] = text.trim().match(/^(\d{1,12})(?:\.(\d{1,18}))?$/) ?? [];
  const wei = whole ? BigInt(whole + part.padEnd(18, '0')) : 0n;
  if (!wei) throw new Error('Write an amount of LRL, such as 12.5.');
  return wei;
}

customElements.define(
  'laurel-wallet',
  class extends HTMLElement {
    connectedCallback() {
      for (const [what, work] of Object.entries({
        'power-up': this.powerUp,
        withdraw: this.withdraw,
        deposit: this.deposit,
      })) {
        const form = /** @type {HTMLFormElement | null} */ ($(`form[data-do="${what}"]`, this));
        if (!form) continue;
        onSubmit(form, async (data) => {
          const { account, handle } = await session();
          if (!account) throw new Error('Sign in first, at the top of the page.');
          const amount = String(data.get('amount'));
          const sent = { account, amount: toWei(amount) };
          await work(sent, `${amount} LRL`, `@${handle}`, String(data.get('to')), form);
          location.reload();
        });
      }
    }

    /** @typedef {{ account: number, amount: bigint }} Sent */

    /** @param {Sent} sent @param {string} lrl @param {string} whose @param {string} _ @param {HTMLElement} form */
    async powerUp(sent, lrl, whose, _, form) {
      const summary = `Turn ${lrl} of ${whose}'s balance into power. It cannot be turned back at once.`;
      const { signer } = await askOwner(summary);
      say(form, 'Powering up…', 'pending');
      await perform('PowerUp', { ...sent, to: sent.account }, signer);
    }

    /** @param {Sent} sent @param {string} lrl @param {string} whose @param {string} to @param {HTMLElement} form */
    async withdraw(sent, lrl, whose, to, form) {
      if (!/^0x[0-9a-f]{40}$/i.test(to))
        throw new Error('An address is 0x and 40 hexadecimal digits.');
      const summary = `Send ${lrl} from ${whose} to the address ${to}. It cannot be taken back.`;
      const { signer } = await askOwner(summary);
      say(form, 'Withdrawing…', 'pending');
      await perform('Withdraw', { ...sent, to }, signer);
    }

    /** @param {Sent} sent @param {string} lrl @param {string} whose @param {string} _ @param {HTMLElement} form */
    async deposit(sent, lrl, whose, _, form) {
      const summary = `Deposit ${lrl} from your wallet to ${whose}. The wallet will ask twice: to allow it, and to do it.`;
      const { wallet } = await askOwner(summary, true);
      const { core, token } = await chain();
      say(form, 'Depositing…', 'pending');
      await wallet?.send(token, calldata('approve', core, sent.amount));
      const receipt = await wallet?.send(core, calldata('deposit', sent.account, sent.amount));
      await mirrored(Number(receipt.blockNumber));
    }
  },
);

customElements.define(
  'laurel-claim',
  class extends HTMLElement {
    connectedCallback() {
      const form = /** @type {HTMLFormElement} */ ($('form', this));
      onSubmit(form, async () => {
        say(form, 'Claiming…', 'pending');
        await settled(await api('POST', `accounts/${this.dataset.handle}/claim`));
        location.reload();
      });
    }
  },
);
