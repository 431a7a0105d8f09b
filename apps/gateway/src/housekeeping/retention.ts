import { checkpointPrefix, jobPrefix, outputKeys } from '@worldfarm/core';
import type { Archive, JobStore } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';

/** How long ended jobs are kept; undefined keeps them for ever. */
export interface RetentionRule {
  readonly seconds: number | undefined;
  readonly count: number | undefined;
}

const PAGE = 200;

/**
 * Forgets ended jobs that are too old or too many, records and outputs both, oldest first. The record goes first:
 * a result whose video is gone would be a lie, objects without a record are swept.
 *
 * @returns how many were forgotten
 */
export async function forgetOld(
  store: Pick<ObjectStore, 'delete' | 'deletePrefix'>,
  jobs: Pick<JobStore, 'getMany' | 'remove'>,
  archive: Pick<Archive, 'expired'>,
  { seconds, count }: RetentionRule,
): Promise<number> {
  if (seconds === undefined && count === undefined) return 0;
  let forgotten = 0;
  while (true) {
    const endedBefore = seconds === undefined ? undefined : Date.now() - seconds * 1000;
    const ids = await archive.expired({ endedBefore, keep: count }, PAGE);
    for (const { spec, output } of await jobs.getMany(ids)) {
      await jobs.remove(spec.id);
      for (const key of outputKeys(output)) await store.delete(key);
      await store.deletePrefix(jobPrefix(spec));
      await store.deletePrefix(checkpointPrefix(spec.id));
      forgotten++;
    }
    if (ids.length < PAGE) return forgotten;
  }
}
