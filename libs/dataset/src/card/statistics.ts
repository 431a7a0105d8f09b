import type { ProvenanceRow } from '@worldfarm/core';

/** What a dataset card says in numbers. */
export interface CardStatistics {
  readonly clips: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly splits: Readonly<Record<string, number>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly modes: Readonly<Record<string, number>>;
  readonly profiles: Readonly<Record<string, number>>;
  readonly engines: Readonly<Record<string, number>>;
  readonly prompts: {
    readonly distinct: number;
    readonly fewestWords: number;
    readonly mostWords: number;
    readonly meanWords: number;
    /** the words that stand in most clips' prompts */
    readonly common: readonly (readonly [word: string, clips: number])[];
  };
  readonly nearDuplicates: number;
  /** mean, least and most of each score; of the clips that have it */
  readonly scores: Readonly<Record<string, { mean: number; min: number; max: number }>>;
}

const NUMERIC = ['motion', 'frozen', 'flicker', 'sharpness', 'black', 'white'] as const;
const COMMON_WORDS = 20;
/** Words that are counted; rare ones beyond this are left out, so that a million prompts do not sit in memory. */
const MOST_WORDS = 50_000;

/** Adds up a dataset clip by clip. */
export function startStatistics() {
  let [clips, bytes, seconds, words, fewest, most, near] = [0, 0, 0, 0, Infinity, 0, 0];
  const counts = {
    splits: new Map(),
    sizes: new Map(),
    modes: new Map(),
    profiles: new Map(),
    engines: new Map(),
  };
  const prompts = new Set<number>();
  const common = new Map<string, number>();
  const scores = new Map<string, { sum: number; count: number; min: number; max: number }>();
  const bump = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);

  return {
    add(row: ProvenanceRow) {
      clips++;
      bytes += row.bytes;
      seconds += row.frames / row.fps;
      bump(counts.splits, row.split);
      bump(counts.sizes, `${row.width}x${row.height}`);
      bump(counts.modes, row.mode);
      bump(counts.profiles, `${row.profile}@${row.profile_version}`);
      bump(counts.engines, row.engine);
      if (row.near_duplicate_of) near++;
      const given = row.prompt.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
      words += given.length;
      fewest = Math.min(fewest, given.length);
      most = Math.max(most, given.length);
      prompts.add(hashOf(row.prompt));
      for (const word of new Set(given)) if (common.has(word) || common.size < MOST_WORDS) bump(common, word);
      for (const name of NUMERIC) {
        const value = row.scores?.[name];
        if (value === undefined) continue;
        const all = scores.get(name) ?? { sum: 0, count: 0, min: Infinity, max: -Infinity };
        scores.set(name, {
          sum: all.sum + value,
          count: all.count + 1,
          min: Math.min(all.min, value),
          max: Math.max(all.max, value),
        });
      }
    },
    result(): CardStatistics {
      const plain = (map: Map<string, number>) => Object.fromEntries([...map].sort((a, b) => b[1] - a[1]));
      return {
        clips,
        bytes,
        seconds,
        splits: plain(counts.splits),
        sizes: plain(counts.sizes),
        modes: plain(counts.modes),
        profiles: plain(counts.profiles),
        engines: plain(counts.engines),
        prompts: {
          distinct: prompts.size,
          fewestWords: clips ? fewest : 0,
          mostWords: most,
          meanWords: clips ? words / clips : 0,
          common: [...common].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, COMMON_WORDS),
        },
        nearDuplicates: near,
        scores: Object.fromEntries(
          [...scores].map(([name, { sum, count, min, max }]) => [name, { mean: sum / count, min, max }]),
        ),
      };
    },
  };
}

/** 53 bits of two 32-bit FNV-1a hashes: enough to count distinct prompts without keeping them. */
function hashOf(text: string): number {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + 0x9e37), 0x85ebca6b);
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}
