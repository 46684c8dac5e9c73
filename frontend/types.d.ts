/** Types that the modules share; never sent to a browser. */

type Fields = readonly (readonly [name: string, type: string])[];
/** Whole numbers that a number cannot hold are decimal strings. */
type Value = string | number | boolean;
type Values = Record<string, Value | readonly (Value | Record<string, Value>)[]>;

/** contracts/actions.json */
interface Kind {
  contract: 'core' | 'graph';
  kind: number;
  proofs: number;
  fields: Fields;
}

/** What eth_signTypedData_v4 takes. */
interface Typed {
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  domain: { name: string; version: string; chainId: number; verifyingContract: string };
  message: Values;
}

/** What signs an action, a key or a wallet; the signature in hex. */
type Signer = (typed: Typed) => Promise<string>;

/** The answer to GET chain; times and `day` in seconds. */
interface Chain {
  chainId: number;
  core: string;
  graph: string;
  token: string;
  day: number;
  time: number;
  latest: number; // the latest block's time
  block: number;
  rpc: string;
  faucet: boolean;
  local: boolean;
  actions: {
    domains: Record<Kind['contract'], { name: string; version: string }>;
    types: Record<string, Fields>;
    kinds: Record<string, Kind>;
  };
}

interface Eip1193 {
  request(call: { method: string; params?: unknown }): Promise<any>;
}

/** EIP-6963 */
interface AnnouncedWallet {
  info: { uuid: string; name: string; icon: string; rdns: string };
  provider: Eip1193;
}

interface TrustedTypePolicy {
  createHTML(html: string): string;
}
interface Window {
  trustedTypes?: {
    createPolicy(name: string, rules: { createHTML(html: string): string }): TrustedTypePolicy;
  };
}
