/*! noble-hashes - MIT License (c) 2022 Paul Miller (paulmillr.com) */
// From @noble/hashes 1.8.0, sha3.js and _u64.js, reduced to keccak-256 of one byte array.
const SHA3_PI = /** @type {number[]} */ ([]);
const SHA3_ROTL = /** @type {number[]} */ ([]);
const SHA3_IOTA = /** @type {bigint[]} */ ([]);
for (let round = 0, R = 1n, x = 1, y = 0; round < 24; round++) {
  [x, y] = [y, (2 * x + 3 * y) % 5];
  SHA3_PI.push(2 * (5 * y + x));
  SHA3_ROTL.push((((round + 1) * (round + 2)) / 2) % 64);
  let t = 0n;
  for (let j = 0; j < 7; j++) {
    R = ((R << 1n) ^ ((R >> 7n) * 0x71n)) % 256n;
    if (R & 2n) t ^= 1n << ((1n << BigInt(j)) - 1n);
  }
  SHA3_IOTA.push(t);
}

/** @type {(h: number, l: number, s: number) => number} Left rotation (without 0, 32, 64) */
const rotlH = (h, l, s) =>
  s > 32 ? (l << (s - 32)) | (h >>> (64 - s)) : (h << s) | (l >>> (32 - s));
/** @type {(h: number, l: number, s: number) => number} */
const rotlL = (h, l, s) => rotlH(l, h, s);

/** @param {Uint32Array} s state: 25 words of 64 bits, the low half first */
function keccakP(s) {
  const B = new Uint32Array(10);
  for (let round = 0; round < 24; round++) {
    // Theta θ
    for (let x = 0; x < 10; x++) B[x] = s[x] ^ s[x + 10] ^ s[x + 20] ^ s[x + 30] ^ s[x + 40];
    for (let x = 0; x < 10; x += 2) {
      const idx1 = (x + 8) % 10;
      const idx0 = (x + 2) % 10;
      const Th = rotlH(B[idx0], B[idx0 + 1], 1) ^ B[idx1];
      const Tl = rotlL(B[idx0], B[idx0 + 1], 1) ^ B[idx1 + 1];
      for (let y = 0; y < 50; y += 10) {
        s[x + y] ^= Th;
        s[x + y + 1] ^= Tl;
      }
    }
    // Rho (ρ) and Pi (π)
    let curH = s[2];
    let curL = s[3];
    for (let t = 0; t < 24; t++) {
      const Th = rotlH(curH, curL, SHA3_ROTL[t]);
      const Tl = rotlL(curH, curL, SHA3_ROTL[t]);
      const PI = SHA3_PI[t];
      curH = s[PI];
      curL = s[PI + 1];
      s[PI] = Th;
      s[PI + 1] = Tl;
    }
    // Chi (χ)
    for (let y = 0; y < 50; y += 10) {
      for (let x = 0; x < 10; x++) B[x] = s[y + x];
      for (let x = 0; x < 10; x++) s[y + x] ^= ~B[(x + 2) % 10] & B[(x + 4) % 10];
    }
    // Iota (ι)
    s[0] ^= Number(SHA3_IOTA[round] & 0xffffffffn);
    s[1] ^= Number(SHA3_IOTA[round] >> 32n);
  }
}

/**
 * keccak-256, as Ethereum uses it. For little-endian machines, which all that run browsers are.
 * @param {Uint8Array} data
 */
export function keccak256(data) {
  const state = new Uint8Array(200);
  const words = new Uint32Array(state.buffer);
  let pos = 0;
  for (const byte of data) {
    state[pos++] ^= byte;
    if (pos === 136) {
      keccakP(words);
      pos = 0;
    }
  }
  state[pos] ^= 1;
  state[135] ^= 0x80;
  keccakP(words);
  return state.slice(0, 32);
}
