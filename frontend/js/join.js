// The page that makes an account.
import { api, chain } from './api.js';
import { storeKey } from './key-store.js';
import { byKey, generate } from './keys.js';
import { offerNewOwner } from './new-owner.js';
import { $, onSubmit, say } from './page.js';
import { postingExpiry } from './posting-key.js';
import { perform } from './relay.js';
import { signInByKey } from './session.js';
import { goOn, show, step } from './steps.js';

const HANDLE = /^[a-z](?:[-.]?[a-z0-9])*$/;

/** Says why this handle cannot be had; '' if it can. @param {string} handle */
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
    /** The proof of work that this server asks for; '' if it asks for none. */
    work = Promise.resolve('');

    connectedCallback() {
      const form = /** @type {HTMLFormElement} */ (step(this, 'handle'));
      /** @type {ReturnType<typeof setTimeout>} */
      let typing;
      form.addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(() => this.check(form).catch(() => {}), 250);
      });
      onSubmit(form, async () => {
        if (!(await this.check(form))) return;
        this.begin();
        show(this, 'key');
      });
      offerNewOwner(
        this,
        () => this.handle,
        ({ address, signer }, root) => this.register(root, address, signer),
      );
    }

    /** @param {HTMLFormElement} form */
    async check(form) {
      const handle = String(new FormData(form).get('handle'));
      const objected = await objection(handle);
      say(form, objected || `@${handle} is free.`, objected && 'error');
      if (!objected) this.handle = handle;
      return !objected;
    }

    /** Starts the proof of work, so that it runs while the person chooses an owner key. */
    begin() {
      const progress = /** @type {HTMLProgressElement | null} */ ($('progress', this));
      if (progress)
        this.work = import('./proof-of-work.js').then((module) =>
          module.proofOfWork(this.handle, progress),
        );
      this.work.catch(() => {});
      return this.work;
    }

    /** @param {HTMLElement} root @param {string} ownerKey @param {Signer} signer */
    async register(root, ownerKey, signer) {
      const { handle } = this;
      say(root, 'Making your account…', 'pending');
      const work = await this.work.catch(() => this.begin());
      const posting = await generate(false);
      const expiry = postingExpiry(await chain());
      const keys = { ownerKey, postingKey: posting.address, postingExpiry: expiry };
      await perform(
        'Register',
        { handle, ...keys, recovery: 0, maxFee: 0 },
        signer,
        byKey(posting),
        { invitation: this.dataset.invitation ?? '', work },
      ).catch((error) => {
        if (error.code === 'bad_work') void this.begin();
        throw error;
      });
      const { account } = await api('GET', `accounts/${handle}`);
      await storeKey({ ...posting, handle, account, expiry });
      await signInByKey(posting);
      goOn();
    }
  },
);
