import type { Farm } from '@worldfarm/queue';
import type { Logger, Metrics } from '@worldfarm/service';
import type { ObjectStore } from '@worldfarm/storage';
import { sweepBatches } from './batches.ts';
import { type SweepOptions, sweepOrphans } from './orphans.ts';
import { ownsStore } from './ownership.ts';
import { forgetOld, type RetentionRule } from './retention.ts';

export interface HousekeepingDeps {
  readonly farm: Pick<Farm, 'openReconciler' | 'jobs' | 'archive' | 'batches'>;
  readonly store: ObjectStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings: HousekeepingSettings;
}

export interface HousekeepingSettings {
  /** seconds between rounds of the reconciler */
  readonly everySeconds: number;
  /** seconds between sweeps of storage and of old jobs */
  readonly sweepSeconds: number;
  readonly grace: Pick<SweepOptions, 'outputGraceMs' | 'inputGraceMs'>;
  readonly retention: RetentionRule;
  /** ended batches are forgotten after so many seconds; undefined: never */
  readonly keepBatchesSeconds: number | undefined;
}

/** A leader that is silent for this many rounds is replaced. */
const ROUNDS_TO_LIVE = 3;
const LEAST_LEASE_MS = 5_000;

/**
 * Mends what crashes leave behind, in whichever gateway leads: the queues every few seconds, storage now and then.
 * Everything that was found is counted and told. Returns what stops it, once the round on its way is over.
 */
export function startReconciler(deps: HousekeepingDeps): () => Promise<void> {
  const { farm, store, logger, metrics, settings } = deps;
  const mended = metrics.counter('worldfarm_reconciled_total', 'What the reconciler found and mended', [
    'kind',
  ]);
  const everyMs = settings.everySeconds * 1000;
  const reconciler = farm.openReconciler({ leaseMs: Math.max(LEAST_LEASE_MS, ROUNDS_TO_LIVE * everyMs) });
  const stopped = new AbortController();
  let lastSweep = Date.now();

  function tell(found: Readonly<Record<string, number>>): void {
    const some = Object.entries(found).filter(([, count]) => count > 0);
    for (const [kind, count] of some) mended.inc({ kind }, count);
    if (some.length > 0) logger.warn({ ...Object.fromEntries(some) }, 'mended');
  }

  async function round(): Promise<void> {
    const found = await reconciler.round();
    if (!found) return;
    tell({ ...found });
    if (Date.now() - lastSweep < settings.sweepSeconds * 1000) return;
    lastSweep = Date.now();
    tell({ forgotten: await forgetOld(store, farm.jobs, farm.archive, settings.retention) });
    if (!(await ownsStore(store, await farm.archive.identity()))) {
      logger.error(
        'the store belongs to other records than these: nothing is swept until worldfarm.json is removed',
      );
      return;
    }
    const { signal } = stopped;
    const swept = await sweepOrphans(store, farm.jobs, farm.archive, { ...settings.grace, signal });
    const batches = await sweepBatches(store, farm.batches, {
      graceMs: settings.grace.inputGraceMs,
      keepSeconds: settings.keepBatchesSeconds,
      signal,
    });
    tell({ orphaned_outputs: swept.outputs, orphaned_inputs: swept.inputs });
    tell({ forgotten_batches: batches.batches, orphaned_batch_objects: batches.objects });
  }

  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const again = () => {
    running = round()
      .catch((error: unknown) => {
        if (!stopped.signal.aborted) logger.warn({ err: error }, 'a round of mending failed');
      })
      .finally(() => {
        if (!stopped.signal.aborted) timer = setTimeout(again, everyMs);
      });
  };
  timer = setTimeout(again, everyMs);
  return async () => {
    stopped.abort();
    clearTimeout(timer);
    await running;
  };
}
