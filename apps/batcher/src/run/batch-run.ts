import type { Profile, RowContext } from '@worldfarm/core';
import type { BatchLead, BatchRecord } from '@worldfarm/queue';
import type { Batcher } from '../batcher.ts';

/** One batch while this process leads it. */
export interface BatchRun extends Batcher {
  readonly record: BatchRecord;
  readonly lead: BatchLead;
  readonly profile: Profile;
  readonly context: RowContext;
  /** aborts when the lead is lost or the process ends */
  readonly signal: AbortSignal;
}
