/** The split and the number of a shard, from its path. */
export function shardOf(path: string): { split: string; index: number } {
  const [, split = '', index = ''] = /([^/]+)-(\d+)\.tar$/.exec(path) ?? [];
  return { split, index: Number(index) };
}

/** Numbers of shards that are taken, split by split: none is given out twice, so that no shard is written over. */
export interface ShardNumbers {
  /** The number after the highest that is taken. */
  next(split: string): number;
  take(split: string, index: number): void;
  copy(): ShardNumbers;
}

/** @param paths of the shards that there are */
export function shardNumbers(paths: Iterable<string>): ShardNumbers {
  const highest = new Map<string, number>();
  const take = (split: string, index: number) => {
    highest.set(split, Math.max(index, highest.get(split) ?? -1));
  };
  for (const path of paths) {
    const { split, index } = shardOf(path);
    take(split, index);
  }
  return {
    next: (split) => (highest.get(split) ?? -1) + 1,
    take,
    copy: () => shardNumbers([...highest].map(([split, index]) => `${split}-${index}.tar`)),
  };
}
