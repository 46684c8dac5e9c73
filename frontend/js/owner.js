// What only an owner may do: with a wallet (found by EIP-6963, spoken to by EIP-1193), or with the
// owner key in a recovery file.
import { toHex, utf8 } from './encoding.js';
import { hold } from './key-store.js';
import { generate } from './keys.js';
import { $, button, make, onSubmit } from './page.js';
import { open } from './recovery-file.js';
import { byKey, byWallet, chain, eventually, perform, postingExpiry } from './relay.js';
import { signInByKey, signInByWallet } from './session.js';

/** @typedef {Awaited<ReturnType<typeof connect>>} Wallet */

/** Calls back for each wallet in this browser. @param {(wallet: AnnouncedWallet) => void} found */
function discover(found) {
  const known = new Set();
  addEventListener('eip6963:announceProvider', (event) => {
    const { detail } = /** @type {CustomEvent<AnnouncedWallet>} */ (event);
    if (!known.has(detail.info.uuid)) found(detail);
    known.add(detail.info.uuid);
  });
  dispatchEvent(new Event('eip6963:requestProvider'));
}

/** @param {any} error @param {string} name */
function explained(error, name) {
  /** @type {Record<string, string>} */
  const sentences = {
    4001: `You refused in ${name}. Nothing was done.`,
    4100: `${name} does not let this site use that account. Connect it in the wallet, then try again.`,
    '-32002': `${name} is already asking you something. Open it and answer there.`,
  };
  return new Error(sentences[error.code] ?? `${name} says: ${error.message ?? error}`);
}

/**
 * Connects, on our chain. Every failure is an Error whose message is a sentence.
 * @param {AnnouncedWallet} wallet @param {Chain} chain ours
 */
async function connect({ provider, info }, { chainId: number, rpc }) {
  /** @param {string} method @param {...unknown} params @returns {Promise<any>} */
  const ask = (method, ...params) =>
    provider.request({ method, params }).catch((error) => {
      throw explained(error, info.name);
    });
  const [address] = await ask('eth_requestAccounts');
  if (!address) throw explained({ code: 4100 }, info.name);
  if (Number(await ask('eth_chainId')) !== number) {
    const chainId = `0x${number.toString(16)}`;
    const nativeCurrency = { name: 'Coin', symbol: 'ETH', decimals: 18 };
    const added = { chainId, chainName: 'Laurel', rpcUrls: [rpc], nativeCurrency };
    await provider
      .request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] })
      .catch((error) => {
        if (error.code !== 4902) throw explained(error, info.name);
        return ask('wallet_addEthereumChain', added);
      });
  }
  return {
    /** @type {string} */
    address,
    /** @param {object} typed @returns {Promise<string>} */
    signTyped: (typed) => ask('eth_signTypedData_v4', address, JSON.stringify(typed)),
    /** @param {string} text @returns {Promise<string>} */
    signText: (text) => ask('personal_sign', toHex(utf8(text)), address),
    /**
     * Sends a transaction; waits until the pages have it.
     * @param {string} to @param {string} data
     * @returns {Promise<{ logs: { topics: string[] }[] }>} its receipt
     */
    async send(to, data) {
      const hash = await ask('eth_sendTransaction', { from: address, to, data });
      const receipt = await eventually(() => ask('eth_getTransactionReceipt', hash));
      if (!Number(receipt.status)) throw new Error(`The chain refused the transaction ${hash}.`);
      await eventually(async () => (await chain()).block >= Number(receipt.blockNumber));
      return receipt;
    },
  };
}

/**
 * @typedef {{ address: string, signer: import('./relay.js').Signer, signIn: () => Promise<any>,
 *   wallet?: Wallet }} Owner
 * @typedef {(owner: Owner, root: HTMLElement) => Promise<unknown>} Use root: where to say how it goes
 */

/** A button for each wallet in this browser. @param {HTMLElement} root @param {Use} use */
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
        await use({ address: wallet.address, signer: byWallet(wallet), signIn, wallet }, root);
      }),
    );
  });
}

/** @param {string} label @param {Record<string, string>} attributes */
const field = (label, attributes) =>
  make('label', {}, label, make('input', { required: '', ...attributes }));

/** Wallets, and a form for a recovery file. @param {HTMLElement} root @param {Use} use */
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
 * Says in plain words what is about to be signed, and lets the owner choose how, or leave.
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

/**
 * A new posting key for this browser, put on chain by an owner.
 * @param {number} account @param {string} handle @param {Owner} owner
 */
export async function addPostingKey(account, handle, owner) {
  const key = await generate(false);
  const expiry = postingExpiry(await chain());
  await perform('AddKey', { account, key: key.address, role: 1, expiry }, owner.signer, byKey(key));
  await hold({ ...key, account, handle, expiry });
  return key;
}

/** Where to go after signing in: the page of ours that asked for it. */
export function goOn() {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  const url = new URL(next, location.origin);
  location.assign(url.origin === location.origin ? url : '/');
}

/** @param {HTMLElement} root @param {string} name @returns {HTMLElement} */
export const step = (root, name) => $(`[data-step="${name}"]`, root);

/** @param {HTMLElement} root @param {string} name of the step that is next */
export function show(root, name) {
  const next = step(root, name);
  next.hidden = false;
  /** @type {HTMLElement | null} */ (next.querySelector('input, textarea, h2'))?.focus();
}
