// Making an account, signing in to it, and its keys.
import { allHeld, generate, held, hold } from './keys.js';
import { addPostingKey, askOwner, goOn, offerOwners, offerWallets, step } from './owner.js';
import { $, button, make, onClick, onSubmit, say } from './page.js';
import { open, seal } from './recovery.js';
import { api, byKey, chain, perform, postingExpiry } from './relay.js';
import { session, signInByKey, signOut } from './session.js';

const HANDLE = /^[a-z](?:[-.]?[a-z0-9])*$/;

/** Why nobody can have this handle, or ''. @param {string} handle */
async function objection(handle) {
  if (!HANDLE.test(handle) || handle.length < 3 || handle.length > 16) {
    return 'Use 3 to 16 letters a–z, digits, and single "-" or "." inside; begin with a letter.';
  }
  const taken = await api('GET', `accounts/${handle}`).catch((error) => {
    if (error.code === 'unknown_account') return null;
    throw error;
  });
  return taken ? `@${handle} is taken.` : '';
}

customElements.define(
  'laurel-join',
  class extends HTMLElement {
    handle = '';
    passphrase = '';
    file = '';

    connectedCallback() {
      const form = /** @type {HTMLFormElement} */ (step(this, 'handle'));
      /** @type {ReturnType<typeof setTimeout>} */
      let typing;
      form.addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(() => this.check(form).catch(() => {}), 250);
      });
      onSubmit(form, async () => {
        if (await this.check(form)) this.show('key');
      });
      offerWallets(step(this, 'wallet'), ({ address, signer }, root) =>
        this.register(root, address, signer),
      );
      onSubmit(/** @type {HTMLFormElement} */ (step(this, 'file')), (data) => this.save(data));
      onSubmit(/** @type {HTMLFormElement} */ (step(this, 'check')), (data) => this.readBack(data));
    }

    /** @param {string} name */
    show(name) {
      const next = step(this, name);
      next.hidden = false;
      /** @type {HTMLElement | null} */ (next.querySelector('input, h2'))?.focus();
    }

    /** @param {HTMLFormElement} form */
    async check(form) {
      const handle = String(new FormData(form).get('handle'));
      const objected = await objection(handle);
      say(form, objected || `@${handle} is free.`, objected && 'error');
      if (!objected) this.handle = handle;
      return !objected;
    }

    /** Makes the owner key and hands it out, encrypted. @param {FormData} data */
    async save(data) {
      this.passphrase = String(data.get('passphrase'));
      if (this.passphrase !== data.get('again')) throw new Error('The two passphrases differ.');
      this.file = await seal(await generate(true), this.handle, this.passphrase);
      const href = URL.createObjectURL(new Blob([this.file], { type: 'application/json' }));
      make('a', { href, download: `laurel-${this.handle}-recovery.json` }).click();
      // The file is for this handle, so that it can no longer be changed.
      step(this, 'handle').inert = true;
      this.show('check');
    }

    /** Goes on only with the key that came back from the saved file. @param {FormData} data */
    async readBack(data) {
      const text = await /** @type {File} */ (data.get('file')).text();
      if (text !== this.file) {
        throw new Error('This is not the file that was just saved.');
      }
      const { key } = await open(text, this.passphrase);
      await this.register(step(this, 'check'), key.address, byKey(key));
    }

    /** @param {HTMLElement} root @param {string} ownerKey @param {import('./relay.js').Signer} signer */
    async register(root, ownerKey, signer) {
      const { handle } = this;
      const posting = await generate(false);
      const expiry = postingExpiry(await chain());
      say(root, 'Making your account…', 'pending');
      const keys = { ownerKey, postingKey: posting.address, postingExpiry: expiry };
      await perform('Register', { handle, ...keys, recovery: 0, maxFee: 0 }, signer, posting);
      const { account } = await api('GET', `accounts/${handle}`);
      await hold({ ...posting, handle, account, expiry });
      await signInByKey(posting);
      goOn();
    }
  },
);

customElements.define(
  'laurel-signin',
  class extends HTMLElement {
    async connectedCallback() {
      offerOwners(step(this, 'owner'), (owner, root) => this.asOwner(owner, root));
      for (const key of await allHeld()) {
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

    /** @param {import('./owner.js').Owner} owner @param {HTMLElement} root */
    async asOwner(owner, root) {
      const { account, handle } = await owner.signIn();
      const key = await held(handle);
      const known = key && (await api('GET', `keys/${key.address}`).catch(() => null));
      if (known?.live) return goOn();
      const offer = step(this, 'offer');
      const add = async () => {
        say(owner.wallet ? offer : root, 'Adding a posting key for this browser…', 'pending');
        await addPostingKey(account, handle, owner);
        goOn();
      };
      // A recovery file signs without asking again; a wallet shows one more prompt, so it is offered.
      if (!owner.wallet) return add();
      offer.hidden = false;
      onClick(offer, '[value="add"]', add);
      onClick(offer, '[value="skip"]', async () => goOn());
      /** @type {HTMLElement} */ (offer.querySelector('button')).focus();
    }
  },
);

customElements.define(
  'laurel-keys',
  class extends HTMLElement {
    async connectedCallback() {
      const { account, handle } = await session();
      if (!account) return;
      const mine = (await held(handle))?.address;
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
