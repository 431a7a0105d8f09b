import type { Digest } from './canonical.ts';

/** Shares of the splits of a dataset, each above 0; they need not add up to 1. */
export type SplitShares = Readonly<Record<string, number>>;

/**
 * The split that a key falls into. It depends on the key alone, so that rows keep their split when others come or
 * go; larger shares take their rows from the end of the line, split by split in the order given.
 */
export function splitOf(key: string, shares: SplitShares, digest: Digest): string {
  const names = Object.keys(shares);
  const total = names.reduce((sum, name) => sum + shares[name]!, 0);
  const point = (Number.parseInt(digest(`split/${key}`).slice(0, 12), 16) / 2 ** 48) * total;
  let edge = 0;
  for (const name of names) {
    edge += shares[name]!;
    if (point < edge) return name;
  }
  return names.at(-1)!;
}
