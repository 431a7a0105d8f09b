import type { JobRecord } from '@worldfarm/core';
import type { WorkerInfo } from './api.ts';
import { isExcluded, isExhausted, lostAttempt } from './attempts.ts';
import type { QueueId } from './names.ts';

/**
 * What a worker does with a pulled job: begin an attempt, let go of it because its record has moved on, expire
 * it, give it up after too many lost workers, or leave it to a worker that has not failed it yet.
 */
export type Admission = 'begin' | 'settle' | 'expire' | 'give-up' | 'leave';

/** @param others workers of this queue, this one apart; asked for only when it matters */
export async function admit(
  record: JobRecord | undefined,
  worker: string,
  others: () => Promise<readonly WorkerInfo[]>,
  now: number,
): Promise<Admission> {
  if (!record) return 'settle';
  if (record.status === 'active') {
    return isExhausted(record.attempt, [...record.failures, lostAttempt(record)]) ? 'give-up' : 'begin';
  }
  if (record.status !== 'queued') return 'settle';
  // A deadline is for the first start: a job that was handed back has kept it.
  const { deadlineAt } = record.spec;
  if (record.startedAt === undefined && deadlineAt !== undefined && deadlineAt < now) return 'expire';
  if (!isExcluded(record, worker)) return 'begin';
  const anyone = (await others()).some(({ id }) => !isExcluded(record, id));
  return anyone ? 'leave' : 'begin';
}

/** Whether a worker could take a job of this queue, now or after the one it has. */
export function serves(worker: WorkerInfo, { profile, tier }: QueueId): boolean {
  const working = worker.status === 'ready' || worker.status === 'busy';
  return working && worker.profiles.includes(profile) && worker.tiers.includes(tier);
}
