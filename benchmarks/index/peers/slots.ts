/** The contracts' packed words, unpacked: bit layouts in contracts/types. */

const bits = (word: bigint, from: number, count: number) =>
  BigInt.asUintN(count, word >> BigInt(from));

export const voteOf = (word: bigint) => ({
  rshares: BigInt.asIntN(64, word),
  weight: bits(word, 64, 64),
  signedAt: Number(bits(word, 128, 40)),
  bps: Number(BigInt.asIntN(16, word >> 168n)),
});

export const accountOf = (word: bigint) => ({
  effective: bits(word, 0, 64),
  mana: bits(word, 64, 64),
  downMana: bits(word, 128, 64),
  updatedAt: Number(bits(word, 192, 40)),
  keyEpoch: Number(bits(word, 232, 16)),
});
