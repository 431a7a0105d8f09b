import { batchKeys, CHUNK_ROWS, type RowResult } from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import type { Batcher } from '../batcher.ts';
import { readJsonLines, writeJsonLines } from '@worldfarm/storage';

type ClipResult = Extract<RowResult, { clip: unknown }>;

/**
 * What became of each row, in storage: one object for each chunk of rows, whole or not there, so that writing a
 * result again changes nothing.
 */
export interface Results {
  /** Keeps results; they are in storage when this resolves. */
  put(results: readonly RowResult[]): Promise<void>;
  get(row: number): Promise<RowResult | undefined>;
  /** Every result there is, in order of rows. */
  all(): AsyncGenerator<RowResult>;
  /** Those that have a clip. */
  clips(): AsyncGenerator<ClipResult>;
}

const KEPT = 6;

export function openResults(
  { store }: Pick<Batcher, 'store'>,
  record: Pick<BatchRecord, 'id' | 'revision' | 'total'>,
): Results {
  const keys = batchKeys(record);
  const cache = new Map<number, Map<number, RowResult>>();
  const chunkOf = (row: number) => Math.floor(row / CHUNK_ROWS);

  async function load(chunk: number): Promise<Map<number, RowResult>> {
    const known = cache.get(chunk);
    if (known) {
      cache.delete(chunk);
      cache.set(chunk, known);
      return known;
    }
    const results = await readJsonLines<RowResult>(store, keys.results(chunk));
    const fresh = new Map(results.map((result) => [result.row, result]));
    if (cache.size >= KEPT) cache.delete(cache.keys().next().value!);
    cache.set(chunk, fresh);
    return fresh;
  }

  const inOrder = (results: Map<number, RowResult>) => [...results.values()].sort((a, b) => a.row - b.row);

  async function* all(): AsyncGenerator<RowResult> {
    for (let chunk = 0; chunk * CHUNK_ROWS < record.total; chunk++) {
      const held = cache.get(chunk);
      yield* held ? inOrder(held) : await readJsonLines<RowResult>(store, keys.results(chunk));
    }
  }

  return {
    async put(results) {
      for (const [chunk, some] of Map.groupBy(results, ({ row }) => chunkOf(row))) {
        const merged = new Map(await load(chunk));
        for (const result of some) merged.set(result.row, result);
        await writeJsonLines(store, keys.results(chunk), inOrder(merged));
        cache.set(chunk, merged);
      }
    },
    get: async (row) => (await load(chunkOf(row))).get(row),
    all,
    async *clips() {
      for await (const result of all()) if ('clip' in result) yield result;
    },
  };
}
