import { batchKeys, type BatchRow, CHUNK_ROWS } from '@worldfarm/core';
import { readJsonLines } from '@worldfarm/storage';
import type { BatchRun } from '../run/batch-run.ts';

const KEPT = 6;

/** The rows of a batch by number, read a chunk at a time. */
export interface Rows {
  get(row: number): Promise<BatchRow>;
}

export function openRows({ store, record }: Pick<BatchRun, 'store' | 'record'>): Rows {
  const keys = batchKeys(record);
  const cache = new Map<number, Promise<BatchRow[]>>();
  const load = (chunk: number) => {
    const known = cache.get(chunk);
    if (known) return known;
    if (cache.size >= KEPT) cache.delete(cache.keys().next().value!);
    const fresh = readJsonLines<BatchRow>(store, keys.rows(chunk));
    cache.set(chunk, fresh);
    fresh.catch(() => cache.delete(chunk));
    return fresh;
  };
  return {
    async get(row) {
      const rows = await load(Math.floor(row / CHUNK_ROWS));
      const found = rows[row % CHUNK_ROWS];
      if (!found) throw new Error(`row ${row} of ${record.id} is not in its chunk`);
      return found;
    },
  };
}
