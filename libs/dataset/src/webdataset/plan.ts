/** A clip that waits for its shard. */
export interface Staged {
  readonly row: number;
  readonly split: string;
  readonly bytes: number;
}

/** Clips of one split that become one shard. */
export interface ShardPlan {
  readonly split: string;
  readonly rows: readonly number[];
}

/**
 * Decides which shards are due: a split's clips in the order given, as many as reach `shardBytes`; what is left
 * over waits, unless this is the end.
 */
export function dueShards(staged: readonly Staged[], shardBytes: number, atEnd: boolean): ShardPlan[] {
  const plans: ShardPlan[] = [];
  for (const [split, clips] of Map.groupBy(staged, (clip) => clip.split)) {
    let rows: number[] = [];
    let bytes = 0;
    for (const clip of clips) {
      rows.push(clip.row);
      bytes += clip.bytes;
      if (bytes < shardBytes) continue;
      plans.push({ split, rows });
      rows = [];
      bytes = 0;
    }
    if (atEnd && rows.length > 0) plans.push({ split, rows });
  }
  return plans;
}
