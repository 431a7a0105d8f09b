import { batchCounts, batchKeys, batchView } from '@worldfarm/core';
import type { BatchRecord } from '@worldfarm/queue';
import { readText } from '@worldfarm/storage';
import type { Gateway } from '../../gateway.ts';

/** A batch with what has to be asked for: its counts, and what was estimated when it was read. */
export async function viewBatch(
  record: BatchRecord,
  { farm, store }: Gateway,
): Promise<Record<string, unknown>> {
  const { rows, active } = await farm.batches.counts(record.id);
  const validating = record.status === 'validating' || record.spec.dry_run;
  const counts = batchCounts(rows, active, record.invalid);
  const estimate = await readText(store, batchKeys(record).estimate);
  return {
    ...batchView(record, validating ? { ...counts, total: record.total } : counts),
    ...(estimate && { estimate: JSON.parse(estimate) as object }),
  };
}
