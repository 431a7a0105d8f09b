import { batchKeys, FarmError } from '@worldfarm/core';
import { type BatchLead, type BatchRecord, LeadLost } from '@worldfarm/queue';
import type { Batcher } from '../batcher.ts';
import type { BatchRun } from './batch-run.ts';
import { findProfile, rowContext } from './context.ts';
import { finish } from './finish.ts';
import { takePlace } from './place.ts';
import { renderRows } from './render.ts';
import { validate } from './validate.ts';

/** How long the answer of a dry run can be asked for. */
const DRY_RUN_SECONDS = 86_400;

const END = { done: 'completed', canceled: 'canceled', stopped: 'failed' } as const;

/** Takes a batch from where it is to its end. Whatever was done before a crash is found done. */
export async function leadBatch(
  id: string,
  lead: BatchLead,
  batcher: Batcher,
  signal: AbortSignal,
): Promise<void> {
  const { farm, config, logger } = batcher;
  const record = (await farm.batches.get(id))!;
  const log = logger.child({ batch: id });
  try {
    const profile = await findProfile(record.profile, batcher);
    const context = rowContext(record, profile, config);
    let run: BatchRun = { ...batcher, logger: log, record, lead, profile, context, signal };
    const refresh = async () => {
      run = { ...run, record: (await farm.batches.get(id))! };
    };

    if (record.status === 'validating') {
      if (!record.spec.dry_run) await takePlace(run);
      const { total, invalid, canceled } = await validate(run);
      if (canceled) {
        await lead.patch({ status: 'canceled', endedAt: Date.now(), total: 0 });
        return;
      }
      if (record.spec.dry_run) {
        await lead.patch({ status: 'completed', endedAt: Date.now() });
        await lead.expire(DRY_RUN_SECONDS);
        return;
      }
      // A batch that was forgotten begins with revision 1 again: what it knew then is not what is asked for now.
      await batcher.store.deletePrefix(batchKeys(record).allResults, { signal });
      await lead.begin(total);
      const message = refusalOf(record, total, invalid);
      log.info({ total, invalid }, 'validated');
      await lead.patch({ status: 'running', startedAt: Date.now() });
      await refresh();
      if (message) return void (await finish(run, 'failed', message));
    }
    while (true) {
      const end = await renderRows(run);
      await refresh();
      const message = end === 'stopped' ? 'too many rows failed' : undefined;
      if (await finish(run, END[end], message)) break;
      log.warn('results were missing; their rows are brought in again');
      await refresh();
    }
    log.info('ended');
  } catch (error) {
    if (signal.aborted || error instanceof LeadLost) return;
    // What cannot be mended by trying again ends the batch; the rest is tried by the next leader.
    if (!(error instanceof FarmError) || error.retryable) throw error;
    log.error({ err: error }, 'the batch cannot go on');
    await lead.patch({ status: 'failed', endedAt: Date.now(), message: error.message });
  }
}

function refusalOf({ spec }: BatchRecord, total: number, invalid: number): string | undefined {
  if (total === 0) return invalid > 0 ? 'no line can be rendered' : 'the source has no rows';
  return spec.on_error === 'stop' && invalid > 0
    ? `${invalid} ${invalid === 1 ? 'line is' : 'lines are'} not valid`
    : undefined;
}
