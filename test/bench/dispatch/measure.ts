/** Measures something on a fresh Redis and says it in lines. */
export type Measure = (redisUrl: string) => Promise<string[]>;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Runs two sides in turn, so that a slow moment of the machine hits both; medians of each. */
export async function inTurn<A>(
  rounds: number,
  ours: () => Promise<A>,
  theirs: () => Promise<A>,
): Promise<{ ours: A[]; theirs: A[] }> {
  const seen = { ours: [] as A[], theirs: [] as A[] };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      seen.ours.push(await ours());
      seen.theirs.push(await theirs());
    } else {
      seen.theirs.push(await theirs());
      seen.ours.push(await ours());
    }
  }
  return seen;
}
