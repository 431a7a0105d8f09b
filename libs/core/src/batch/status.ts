import type { OnError } from './spec.ts';

/**
 * Where a batch is. `validating` reads every row before any is rendered; `finishing` writes what is read as a
 * whole. The last three are final until the same batch is asked for again.
 */
export const BATCH_STATUSES = [
  'validating',
  'running',
  'paused',
  'finishing',
  'completed',
  'failed',
  'canceled',
] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

export function isBatchFinal(status: BatchStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'canceled';
}

/** Where a row of a batch is. Rendered rows wait as `staged` where a shard is still open. */
export const ROW_STATES = ['pending', 'open', 'staged', 'done', 'failed', 'canceled'] as const;
export type RowState = (typeof ROW_STATES)[number];

export type RowCounts = Readonly<Record<RowState, number>>;

/** Counts as callers see them (CONTRACT: batches). */
export interface BatchCounts {
  readonly total: number;
  readonly queued: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  /** lines that were refused before anything was rendered */
  readonly invalid: number;
}

export function batchCounts(rows: RowCounts, active: number, invalid: number): BatchCounts {
  const running = Math.min(active, rows.open);
  return {
    total: Object.values(rows).reduce((sum, count) => sum + count, 0),
    queued: rows.pending + rows.open - running,
    active: running,
    succeeded: rows.done + rows.staged,
    failed: rows.failed,
    canceled: rows.canceled,
    invalid,
  };
}

/** Whether so many failures end a batch. */
export function isOverErrors(policy: OnError, failed: number, total: number): boolean {
  if (policy === 'continue' || failed === 0) return false;
  if (policy === 'stop') return true;
  const { stop_after } = policy;
  return stop_after < 1 ? failed / total >= stop_after : failed >= stop_after;
}

/** Seconds until the last row is done at the pace so far; undefined until there is one. */
export function batchEta(left: number, done: number, seconds: number): number | undefined {
  if (left === 0) return 0;
  return done > 0 && seconds > 0 ? Math.round((left * seconds) / done) : undefined;
}
