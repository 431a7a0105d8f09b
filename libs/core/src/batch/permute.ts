/**
 * Picks the `index`-th element of a shuffled 0..count-1 without shuffling: a balanced Feistel network over the
 * smallest even power of two that holds `count`, walked until it lands inside (Black and Rogaway, 2002). A longer
 * sample of the same seed begins with the shorter one.
 */
export function permuted(index: number, count: number, seed: number): number {
  let half = 1;
  while (4 ** half < count) half++;
  let value = index;
  do value = feistel(value, half, seed);
  while (value >= count);
  return value;
}

const ROUNDS = 6;

function feistel(value: number, half: number, seed: number): number {
  const size = 2 ** half;
  let left = Math.floor(value / size);
  let right = value % size;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = mix(right, seed + round * 0x9e3779b9) % size;
    [left, right] = [right, (left + mixed) % size];
  }
  return left * size + right;
}

/** A 32-bit finalizer: every input bit changes about half of the output bits. */
function mix(value: number, seed: number): number {
  let hash = (value ^ seed) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}
