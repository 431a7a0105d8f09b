/** Measures something on a fresh Redis and says it in lines. */
export type Measure = (redisUrl: string) => Promise<string[]>;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Runs some sides in turn, every other round backwards, so that a slow moment of the machine hits all; all results. */
export async function inTurn<Side extends string>(
  rounds: number,
  sides: Record<Side, () => Promise<number>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const seen = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) seen[name].push(await sides[name]());
  }
  return seen;
}
