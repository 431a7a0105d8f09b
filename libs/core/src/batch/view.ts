import { outputPrefix, type BatchSpec } from './spec.ts';
import { type BatchCounts, batchEta, type BatchStatus } from './status.ts';

/** What a batch's view is made from. */
export interface ViewedBatch {
  readonly id: string;
  readonly spec: BatchSpec;
  readonly revision: number;
  readonly status: BatchStatus;
  readonly profile: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly message?: string;
  readonly finished: number;
}

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** A batch as callers and webhooks see it (CONTRACT: batches). */
export function batchView(batch: ViewedBatch, counts: BatchCounts, now = Date.now()) {
  const { id, spec } = batch;
  const ended = counts.succeeded + counts.failed + counts.canceled;
  const seconds = ((batch.endedAt ?? now) - (batch.startedAt ?? batch.createdAt)) / 1000;
  const running = batch.status === 'running';
  return {
    id,
    object: 'batch',
    name: spec.name,
    status: batch.status,
    revision: batch.revision,
    profile: batch.profile,
    priority: spec.priority,
    counts,
    progress: counts.total > 0 ? ended / counts.total : 0,
    ...(running && { eta_seconds: batchEta(counts.total - ended, batch.finished, seconds) }),
    ...(seconds > 0 && { rows_per_second: Number((batch.finished / seconds).toFixed(3)) }),
    output: { prefix: outputPrefix(spec), layout: spec.output.layout },
    created_at: iso(batch.createdAt),
    started_at: iso(batch.startedAt),
    ended_at: iso(batch.endedAt),
    message: batch.message,
    tags: spec.tags,
    urls: Object.fromEntries(
      ['items', 'errors', 'manifest', 'files', 'cancel', 'pause', 'resume', 'retry-failed'].map((name) => [
        name.replace('-', '_'),
        `/v1/batches/${id}/${name}`,
      ]),
    ),
  };
}
