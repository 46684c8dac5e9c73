/** Types that the modules share; never sent to a browser. */

type Fields = readonly (readonly [name: string, type: string])[];
type Values = Record<string, string | number | bigint>;

interface Kind {
  kind: number;
  role: 'posting' | 'active' | 'owner';
  proof: boolean;
  fields: Fields;
}

/** GET /api/v1/chain; times and `day` in seconds. */
interface Chain {
  chainId: number;
  core: string;
  token: string;
  day: number;
  time: number;
  latest: number; // the latest block's time
  block: number;
  rpc: string;
  faucet: boolean;
  local: boolean;
  actions: { domain: { name: string; version: string }; kinds: Record<string, Kind> };
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
