import { checkpointPrefix, type JobRecord, jobPrefix, outputKeys } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';

/** Removes a job, whatever it does now, and everything it wrote. */
export async function removeJob(
  record: JobRecord,
  { farm, store }: Pick<Gateway, 'farm' | 'store'>,
): Promise<void> {
  await farm.jobs.remove(record.spec.id);
  for (const key of outputKeys(record.output)) await store.delete(key);
  await store.deletePrefix(jobPrefix(record.spec));
  await store.deletePrefix(checkpointPrefix(record.spec.id));
}
