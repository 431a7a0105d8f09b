import type { Priority } from '@worldfarm/core';

/**
 * BullMQ orders by one number, 1 to 2^21, smallest first, ties by arrival. We divide that range into a
 * band for each priority, and inside a band number the jobs by start-time fair queueing (Goyal, Vin, Cheng
 * 1996): a job's tag is one more than the last tag of the same share (API key or batch), but never less than
 * the tag that is being served. So a share with 100,000 waiting jobs and one with a single job take turns.
 */
export const BAND = Math.floor(2 ** 21 / 3);

const BANDS: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

/** First BullMQ priority of a band; 0 is never used, since BullMQ runs it before every prioritised job. */
export function bandStart(priority: Priority): number {
  return 1 + BANDS[priority] * BAND;
}

/** The priority whose band a turn lies in. */
export function priorityOf(turn: number): Priority {
  const band = Math.floor((turn - 1) / BAND);
  return band <= BANDS.high ? 'high' : band >= BANDS.low ? 'low' : 'normal';
}

/** The share that a job's turn is counted on. */
export function shareOf(spec: { owner: string; batch?: string }): string {
  return spec.batch ? `batch:${spec.batch}` : `key:${spec.owner}`;
}
