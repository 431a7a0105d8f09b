import { setTimeout as wait } from 'node:timers/promises';
import type { BatchLead } from '@worldfarm/queue';
import type { Batcher } from './batcher.ts';
import { leadBatch } from './run/lead-batch.ts';

/** Batches that one process leads at a time; others wait for another process, or for their turn. */
const MOST_LED = 8;

/**
 * Finds batches that nobody leads and leads them, until the signal aborts. Resolves when all are let go of.
 *
 * @param onLed told how many it leads, whenever that may have changed
 */
export async function leadBatches(
  batcher: Batcher,
  stop: AbortSignal,
  onLed: (count: number) => void = () => {},
): Promise<void> {
  const { farm, config, logger } = batcher;
  const led = new Map<string, Promise<void>>();
  while (!stop.aborted) {
    try {
      for (const id of await farm.batches.unfinished()) {
        if (led.has(id) || led.size >= MOST_LED) continue;
        const lead = await farm.batches.lead(id, config.leaseMs);
        if (lead)
          led.set(
            id,
            keep(id, lead, batcher, stop).finally(() => led.delete(id)),
          );
      }
    } catch (error) {
      logger.warn({ err: error }, 'cannot look for batches');
    }
    onLed(led.size);
    await wait(config.tickMs, undefined, { signal: stop }).catch(() => {});
  }
  await Promise.all(led.values());
}

/** Leads one batch, renewing the lease meanwhile; a lease that is lost stops the work at once. */
async function keep(id: string, lead: BatchLead, batcher: Batcher, stop: AbortSignal): Promise<void> {
  const { config, logger } = batcher;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    lead.renew().then(
      (kept) => kept || lost.abort(new Error('the lease was lost')),
      (error: unknown) => logger.warn({ err: error, batch: id }, 'cannot renew the lease'),
    );
  }, config.leaseMs / 3);
  try {
    await leadBatch(id, lead, batcher, AbortSignal.any([stop, lost.signal]));
  } catch (error) {
    logger.error({ err: error, batch: id }, 'a batch stumbled; it is tried again');
    await wait(config.tickMs, undefined, { signal: stop }).catch(() => {});
  } finally {
    clearInterval(renewal);
    await lead.resign().catch(() => {});
  }
}
