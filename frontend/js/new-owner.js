// The choice of a new owner key: a wallet's, or one that is made here and saved in a recovery file.
import { byKey, generate } from './keys.js';
import { offerWallets } from './owner.js';
import { make, onSubmit } from './page.js';
import { open, seal } from './recovery-file.js';
import { show, step } from './steps.js';

/**
 * Enables the steps wallet, file and check of `root`; calls `use` with the key.
 * @param {HTMLElement} root @param {() => string} handle whose key it will be
 * @param {(key: { address: string, signer: Signer }, root: HTMLElement) => Promise<unknown>} use
 */
export function offerNewOwner(root, handle, use) {
  let passphrase = '';
  let file = '';
  offerWallets(step(root, 'wallet'), use);
  onSubmit(/** @type {HTMLFormElement} */ (step(root, 'file')), async (data) => {
    passphrase = String(data.get('passphrase'));
    if (passphrase !== data.get('again')) throw new Error('The two passphrases differ.');
    file = await seal(await generate(true), handle(), passphrase);
    const href = URL.createObjectURL(new Blob([file], { type: 'application/json' }));
    make('a', { href, download: `laurel-${handle()}-recovery.json` }).click();
    // The file names this handle, so the handle can no longer be changed.
    step(root, 'handle').inert = true;
    show(root, 'check');
  });
  // The page goes on only with the key as read from the saved file.
  const check = /** @type {HTMLFormElement} */ (step(root, 'check'));
  onSubmit(check, async (data) => {
    const text = await /** @type {File} */ (data.get('file')).text();
    if (text !== file) throw new Error('This is not the file that was just saved.');
    const { key } = await open(text, passphrase);
    await use({ address: key.address, signer: byKey(key) }, check);
  });
}
