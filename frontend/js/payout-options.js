// The payout options of a post, as its author typed them.
import { toWei } from './amounts.js';
import { accountOf } from './api.js';

const NO_CAP = String(2n ** 96n - 1n);

/** @param {string} line such as "ben 10" */
async function beneficiary(line) {
  const [, handle, percent] = line.match(/^\s*(\S+)\s+(\d+(?:\.\d\d?)?)\s*%?\s*$/) ?? [];
  if (!handle) throw new Error(`"${line}": write a handle and a share, such as "ben 10".`);
  const { account } = await accountOf(handle);
  return { account, bps: Math.round(Number(percent) * 100) };
}

/**
 * The fields that PostWithOptions has beyond those of Post; null if all have the values that Post implies.
 * @param {FormData} data @returns {Promise<Values | null>}
 */
export async function options(data) {
  const [most, shares] = ['most', 'beneficiaries'].map((name) => String(data.get(name)).trim());
  const lines = shares.split('\n').filter((line) => line.trim());
  const beneficiaries = await Promise.all(lines.map(beneficiary));
  const chosen = {
    maxAcceptedPayout: !most ? NO_CAP : Number(most) === 0 ? 0 : toWei(most),
    liquidBps: Math.round(Number(data.get('liquid')) * 100),
    allowVotes: data.has('votes'),
    allowCurationRewards: data.has('curation'),
    beneficiaries: beneficiaries.sort((a, b) => a.account - b.account),
  };
  const { liquidBps, allowVotes, allowCurationRewards } = chosen;
  const plain = !most && liquidBps === 5000 && allowVotes && allowCurationRewards;
  return plain && !beneficiaries.length ? null : chosen;
}
