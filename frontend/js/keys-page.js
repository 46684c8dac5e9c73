// The page of an account's keys, and of who may recover it.
import { accountOf } from './api.js';
import { storedKey } from './key-store.js';
import { askOwner } from './owner.js';
import { $, onClick, onSubmit, say } from './page.js';
import { addPostingKey } from './posting-key.js';
import { perform } from './relay.js';
import { session } from './session.js';
import { signOut } from './sign-out.js';

customElements.define(
  'laurel-keys',
  class extends HTMLElement {
    async connectedCallback() {
      const { account, handle } = await session();
      if (!account) return;
      const mine = (await storedKey(handle))?.address;
      /** @param {string} what @param {(owner: import('./owner.js').Owner) => Promise<unknown>} work */
      const asOwner = async (what, work) => {
        const owner = await askOwner(what);
        say(this, 'Waiting for the chain…', 'pending');
        await work(owner);
        location.reload();
      };
      for (const row of this.querySelectorAll('[data-key]')) {
        const key = String(row.getAttribute('data-key')).toLowerCase();
        if (key === mine) $('[data-here]', row).hidden = false;
        onClick(/** @type {HTMLElement} */ (row), 'button', () =>
          key === mine
            ? signOut(true)
            : asOwner(`Revoke the key ${key} of @${handle}, for ever.`, ({ signer }) =>
                perform('RevokeKey', { account, key }, signer),
              ),
        );
      }
      const form = /** @type {HTMLFormElement} */ ($('form', this));
      onSubmit(form, async (data) => {
        const named = data.get('handle') ? await accountOf(data.get('handle')) : null;
        const who = named ? `@${named.handle}` : 'nobody';
        await asOwner(
          `In 30 days let ${who} recover @${handle}, and until then whom you named before.`,
          ({ signer }) =>
            perform('SetRecovery', { account, recovery: named?.account ?? 0 }, signer),
        );
      });
      onClick(this, '[value="cancel"]', () =>
        asOwner(`Refuse the new owner key that was asked for @${handle}.`, ({ signer }) =>
          perform('CancelRecovery', { account }, signer),
        ),
      );
      onClick(this, '[value="out"]', () => signOut(true));
      onClick(this, '[value="add"]', () =>
        asOwner(
          `Let this browser post and vote as @${handle} for 30 days. It cannot move money or change keys.`,
          (owner) => addPostingKey(account, handle, owner),
        ),
      );
    }
  },
);
