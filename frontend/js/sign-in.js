// The page that signs in to an account.
import { api } from './api.js';
import { storedKey, storedKeys } from './key-store.js';
import { offerOwners } from './owner.js';
import { button, onClick, say } from './page.js';
import { addPostingKey } from './posting-key.js';
import { signInByKey } from './session.js';
import { goOn, step } from './steps.js';

customElements.define(
  'laurel-signin',
  class extends HTMLElement {
    async connectedCallback() {
      offerOwners(step(this, 'owner'), (owner, root) => this.asOwner(owner, root));
      for (const key of await storedKeys()) {
        const here = step(this, 'held');
        here.append(
          button(here, `Sign in as @${key.handle}`, async () => {
            await signInByKey(key);
            goOn();
          }),
        );
        here.hidden = false;
      }
    }

    /** Signs in as an owner; if this browser has no live posting key, adds one, or offers to.
     * @param {import('./owner.js').Owner} owner @param {HTMLElement} root */
    async asOwner(owner, root) {
      const { account, handle } = await owner.signIn();
      const key = await storedKey(handle);
      const known = key && (await api('GET', `keys/${key.address}`).catch(() => null));
      if (known?.live) return goOn();
      const offer = step(this, 'offer');
      const add = async () => {
        say(owner.wallet ? offer : root, 'Adding a posting key for this browser…', 'pending');
        await addPostingKey(account, handle, owner);
        goOn();
      };
      // A wallet prompts for each signature, so a posting key is only offered; a recovery file signs at once.
      if (!owner.wallet) return add();
      offer.hidden = false;
      onClick(offer, '[value="add"]', add);
      onClick(offer, '[value="skip"]', async () => goOn());
      /** @type {HTMLElement} */ (offer.querySelector('button')).focus();
    }
  },
);
