import { batchCounts, batchRevisionPrefix, type BatchStatus, batchView, outputPrefix } from '@worldfarm/core';
import type { RowMove } from '@worldfarm/queue';
import { LAYOUT_WRITERS } from '../layouts/layout.ts';
import { publish } from '../publish/publish.ts';
import { openResults } from '../rows/results.ts';
import { RowStates } from '../rows/states.ts';
import type { BatchRun } from './batch-run.ts';

/**
 * Writes what describes the whole dataset, tells whoever wants to hear, and gives the batch its final status.
 * @returns false when a result was missing: its rows are pending again
 */
export async function finish(run: BatchRun, status: BatchStatus, message?: string): Promise<boolean> {
  const { record, lead, farm } = run;
  const results = openResults(run, record);
  const states = new RowStates(await farm.batches.states(record.id));
  const missing = new Set([...states.inState('done'), ...states.inState('staged')]);
  for await (const { row } of results.clips()) missing.delete(row);
  if (missing.size > 0) {
    await lead.move([...missing].map((row): RowMove => ({ row, to: 'pending' })));
    return false;
  }
  const counts = batchCounts(states.counts, 0, record.invalid);
  if (counts.succeeded > 0) {
    await lead.patch({ status: 'finishing' });
    const prefix = outputPrefix(record.spec);
    const layout = await LAYOUT_WRITERS[record.spec.output.layout](run, prefix, results);
    await publish(run, { prefix, results, layout, counts, whole: status === 'completed' });
  }
  await forgetOlder(run);
  const endedAt = Date.now();
  if (status !== 'canceled') {
    await farm.webhooks.emit({
      type: status === 'completed' ? 'batch.completed' : 'batch.failed',
      subject: record.id,
      sequence: record.startedAt ?? record.createdAt,
      at: endedAt,
      owner: record.owner,
      ...(record.spec.webhook && { webhook: record.spec.webhook }),
      data: batchView({ ...record, status, endedAt, message }, counts),
    });
  }
  await lead.patch({ status, endedAt, message });
  return true;
}

/** Nobody asks any more for the rows and results of the revisions before this one. */
async function forgetOlder({ record, store, signal }: BatchRun): Promise<void> {
  for (let revision = record.revision - 1; revision > 0; revision--) {
    if ((await store.deletePrefix(batchRevisionPrefix(record.id, revision), { signal })) === 0) return;
  }
}
