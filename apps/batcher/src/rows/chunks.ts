import type { BatchRow } from '@worldfarm/core';
import { batchKeys } from '../keys.ts';
import { readJsonLines } from '../store-text.ts';
import type { BatchRun } from '../run/batch-run.ts';

const KEPT = 6;

/** The rows of a batch by number, read a chunk at a time. */
export interface Rows {
  get(row: number): Promise<BatchRow>;
}

export function openRows({ store, record, config }: Pick<BatchRun, 'store' | 'record' | 'config'>): Rows {
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
      const rows = await load(Math.floor(row / config.chunkRows));
      const found = rows[row % config.chunkRows];
      if (!found) throw new Error(`row ${row} of ${record.id} is not in its chunk`);
      return found;
    },
  };
}
