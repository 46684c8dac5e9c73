// The wallets in this browser: found by EIP-6963, called by EIP-1193.
import { chain, eventually } from './api.js';
import { toHex, utf8 } from './encoding.js';

/** @typedef {Awaited<ReturnType<typeof connect>>} Wallet */

/** Calls `found` once for each wallet in this browser. @param {(wallet: AnnouncedWallet) => void} found */
export function discover(found) {
  const known = new Set();
  addEventListener('eip6963:announceProvider', (event) => {
    const { detail } = /** @type {CustomEvent<AnnouncedWallet>} */ (event);
    if (!known.has(detail.info.uuid)) found(detail);
    known.add(detail.info.uuid);
  });
  dispatchEvent(new Event('eip6963:requestProvider'));
}

/** A wallet's error, as a sentence. @param {any} error @param {string} name the wallet's */
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
 * Connects to a wallet, and switches it to our chain. Throws an Error whose message is a sentence.
 * @param {AnnouncedWallet} wallet @param {Chain} chain ours
 */
export async function connect({ provider, info }, { chainId: number, rpc }) {
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
     * Sends a transaction, and waits until the pages have its block.
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
