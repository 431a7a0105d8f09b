import { buffer } from 'node:stream/consumers';
import { checkpointPrefix, FarmError, type JobRecord } from '@worldfarm/core';
import type { Claim } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';
import type { EngineHooks } from '../engines/engine.ts';

/** Keeps the unfinished render of one attempt safe. */
export interface Checkpointer {
  /** what the engine is given; undefined when checkpoints are off */
  readonly hooks: EngineHooks['checkpoint'];
  /** Asks for a checkpoint now; resolves when one that was taken after the call is stored. */
  request(): Promise<void>;
  /** whether anything was saved, or tried to be */
  used(): boolean;
  /** Resolves when no save is on its way. */
  settled(): Promise<void>;
}

interface CheckpointDeps {
  readonly store: ObjectStore;
  readonly claim: Claim;
  /** 0 turns checkpoints off */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onSaved: (outcome: 'saved' | 'failed') => void;
}

/** A save that fails costs nothing but the chance to resume there: the render goes on. */
export function openCheckpointer({ store, claim, seconds, signal, onSaved }: CheckpointDeps): Checkpointer {
  const now = new AbortController();
  const requested = Promise.withResolvers<void>();
  let last: Promise<void> | undefined;

  async function save(bytes: Uint8Array, asked: boolean): Promise<void> {
    const outcome = await saveCheckpoint(store, claim, bytes, signal).then(
      () => 'saved' as const,
      () => 'failed' as const,
    );
    onSaved(outcome);
    if (asked) requested.resolve();
  }
  return {
    hooks:
      seconds > 0
        ? {
            every: seconds,
            now: now.signal,
            save: (bytes) => {
              last = save(bytes, now.signal.aborted);
              return last;
            },
          }
        : undefined,
    request: () => {
      now.abort();
      return requested.promise;
    },
    used: () => last !== undefined,
    settled: async () => last,
  };
}

/** Stores an unfinished render and tells the record of it, unless the job has been given away meanwhile. */
async function saveCheckpoint(
  store: ObjectStore,
  claim: Claim,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { spec, fence } = claim.record;
  const key = `${checkpointPrefix(spec.id)}${fence}`;
  await store.put(key, bytes, { contentType: 'application/octet-stream', signal });
  if (!(await claim.checkpoint(key))) await store.delete(key);
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
