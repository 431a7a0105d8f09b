import { buffer } from 'node:stream/consumers';
import { FarmError, type JobRecord } from '@worldfarm/core';
import type { Claim } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';
import { checkpointPrefix } from './publish.ts';

/** Stores an unfinished render and tells the record of it, unless the job has been given away meanwhile. */
export async function saveCheckpoint(
  store: ObjectStore,
  claim: Claim,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const { spec, fence } = claim.record;
  const key = `${checkpointPrefix(spec.id)}${fence}`;
  await store.put(key, bytes, { contentType: 'application/octet-stream', signal });
  await claim.checkpoint(key);
}

/** The newest checkpoint of a job; undefined when there is none or it is gone. */
export async function loadCheckpoint(
  store: ObjectStore,
  { checkpoint }: JobRecord,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (!checkpoint) return undefined;
  try {
    const { body } = await store.get(checkpoint, { signal });
    return new Uint8Array(await buffer(body));
  } catch (error) {
    if (error instanceof FarmError && error.type === 'not_found') return undefined;
    throw error;
  }
}
