import { BATCHES, batchPrefix, uploadKeys, UPLOADS } from '@worldfarm/core';
import type { BatchRecord, BatchStore } from '@worldfarm/queue';
import { type ListedObject, listAll, type ObjectStore } from '@worldfarm/storage';

export interface BatchSweep {
  /** objects younger than this are left alone, in ms */
  readonly graceMs: number;
  /** batches that ended longer ago than this are forgotten, in seconds; undefined: never */
  readonly keepSeconds: number | undefined;
  readonly signal?: AbortSignal;
}

export interface SweptBatches {
  /** batches that were forgotten; their datasets stay */
  readonly batches: number;
  /** objects of batches that are no more, and uploaded rows that no batch reads */
  readonly objects: number;
}

const PAGE = 200;

/**
 * Forgets batches that ended long ago, and removes what they worked with: rows, results, staged clips, uploaded
 * specs. Datasets, and the index of their clips by content, are what batches are for: they stay. As with jobs the
 * record goes first, so that a sweep can be broken off and repeated.
 */
export async function sweepBatches(
  store: Pick<ObjectStore, 'list' | 'delete' | 'deletePrefix'>,
  batches: Pick<BatchStore, 'list' | 'get' | 'remove'>,
  { graceMs, keepSeconds, signal }: BatchSweep,
): Promise<SweptBatches> {
  let forgotten = 0;
  let objects = 0;
  const uploads = new Set<string>();
  for (const record of await recordsOf(batches)) {
    const endedBefore = keepSeconds === undefined ? undefined : Date.now() - keepSeconds * 1000;
    if (endedBefore !== undefined && (await batches.remove(record, endedBefore))) {
      objects += await store.deletePrefix(batchPrefix(record.id), { signal });
      forgotten++;
      continue;
    }
    const { source } = record.spec;
    if ('jsonl' in source) uploads.add(source.jsonl.replace(/^store:\/\//, ''));
  }
  const old = ({ modifiedAt }: ListedObject) => modifiedAt.getTime() <= Date.now() - graceMs;

  // Dry runs, and batches whose record was lost.
  const known = new Map<string, boolean>();
  for await (const object of listAll(store, BATCHES, signal)) {
    const id = object.key.split('/')[1]!;
    if (!known.has(id)) known.set(id, (await batches.get(id)) !== undefined);
    if (known.get(id) || !old(object)) continue;
    await store.delete(object.key);
    objects++;
  }
  for await (const object of listAll(store, UPLOADS, signal)) {
    if (!uploadKeys.isOurs(object.key) || uploads.has(object.key) || !old(object)) continue;
    await store.delete(object.key);
    objects++;
  }
  return { batches: forgotten, objects };
}

async function recordsOf(batches: Pick<BatchStore, 'list'>): Promise<readonly BatchRecord[]> {
  const records: BatchRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await batches.list({}, { limit: PAGE, cursor });
    records.push(...page.records);
    cursor = page.next;
  } while (cursor !== undefined);
  return records;
}
