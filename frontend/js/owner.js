// Asks an owner how to sign: with a wallet, or with the owner key in a recovery file.
import { chain } from './api.js';
import { byKey } from './keys.js';
import { button, make, onSubmit } from './page.js';
import { open } from './recovery-file.js';
import { signInByKey, signInByWallet } from './session.js';
import { connect, discover } from './wallets.js';

/**
 * @typedef {{ address: string, signer: Signer, signIn: () => Promise<any>,
 *   wallet?: import('./wallets.js').Wallet }} Owner
 * @typedef {(owner: Owner, root: HTMLElement) => Promise<unknown>} Use root: has the status line
 */

/** Adds a button for each wallet in this browser. @param {HTMLElement} root @param {Use} use */
export function offerWallets(root, use) {
  const none = make('p', {}, 'No wallet is in this browser.');
  const list = make('p', {}, none);
  root.append(list);
  discover((found) => {
    none.remove();
    list.append(
      button(root, `Use ${found.info.name}`, async () => {
        const wallet = await connect(found, await chain());
        const signIn = () => signInByWallet(wallet);
        await use({ address: wallet.address, signer: wallet.signTyped, signIn, wallet }, root);
      }),
    );
  });
}

/** @param {string} label @param {Record<string, string>} attributes */
const field = (label, attributes) =>
  make('label', {}, label, make('input', { required: '', ...attributes }));

/** Adds buttons for wallets, and a form for a recovery file. @param {HTMLElement} root @param {Use} use */
export function offerOwners(root, use) {
  offerWallets(root, use);
  const fields = make(
    'fieldset',
    {},
    field('Recovery file', { type: 'file', name: 'file', accept: '.json' }),
    field('Its passphrase', { type: 'password', name: 'passphrase', autocomplete: 'off' }),
    make('button', {}, 'Use the recovery file'),
  );
  const form = /** @type {HTMLFormElement} */ (make('form', {}, fields));
  onSubmit(form, async (data) => {
    const file = /** @type {File} */ (data.get('file'));
    const { key } = await open(await file.text(), String(data.get('passphrase')));
    await use({ address: key.address, signer: byKey(key), signIn: () => signInByKey(key) }, form);
  });
  root.append(form);
}

/**
 * Opens a dialog that says what is about to be signed, and lets the owner choose how to sign. Throws an Error if
 * the dialog is closed without a choice.
 * @param {string} summary @param {boolean} [walletOnly] @returns {Promise<Owner>}
 */
export function askOwner(summary, walletOnly) {
  const dialog = /** @type {HTMLDialogElement} */ (
    make('dialog', { class: 'panel-card', 'aria-label': 'Confirm' }, make('p', {}, summary))
  );
  return new Promise((resolve, reject) => {
    (walletOnly ? offerWallets : offerOwners)(dialog, async (owner) => {
      resolve(owner);
      dialog.close();
    });
    dialog.append(button(dialog, 'Cancel', async () => dialog.close()));
    dialog.addEventListener('close', () => {
      dialog.remove();
      reject(new Error('Nothing was done.'));
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
