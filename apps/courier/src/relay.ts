import { setTimeout as sleep } from 'node:timers/promises';
import { FarmError } from '@worldfarm/core';
import type { NewDelivery, OutboxEntry, OutboxReader, Webhooks } from '@worldfarm/queue';
import type { Logger } from '@worldfarm/service';
import { coalesce, planDeliveries } from './plan.ts';

export interface RelayDeps {
  readonly reader: OutboxReader;
  readonly webhooks: Pick<Webhooks, 'deliveries' | 'endpoints'>;
  readonly link: (path: string) => string;
  /** how long the first try waits, for hosts that are known to be dead */
  readonly delayMs: (delivery: NewDelivery) => number;
  readonly logger: Logger;
}

const PAGE = 100;
const TRIM_MS = 5_000;
const AFTER_FAULT_MS = 500;

/**
 * Turns events into deliveries until it is told to stop. An event is acknowledged only after its deliveries are
 * queued; a crash in between makes the same ones again, under the same ids, which is harmless.
 */
export async function relay(deps: RelayDeps, signal: AbortSignal): Promise<void> {
  let trimmedAt = 0;
  let faulty = false;
  while (!signal.aborted) {
    try {
      const entries = await deps.reader.read(PAGE);
      if (entries.length > 0) await handOver(entries, deps);
      if (Date.now() - trimmedAt > TRIM_MS) {
        trimmedAt = Date.now();
        await deps.reader.trim();
      }
      faulty = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!faulty) deps.logger.warn({ err: error }, 'events cannot be read; they wait');
      faulty = true;
      await sleep(AFTER_FAULT_MS, undefined, { signal }).catch(() => {});
    }
  }
}

async function handOver(entries: readonly OutboxEntry[], deps: RelayDeps): Promise<void> {
  const { reader, webhooks, link, delayMs } = deps;
  const jobs = entries.flatMap((entry) => (entry.kind === 'job' ? [entry.job] : []));
  const [records, endpoints] = await Promise.all([reader.records(jobs), webhooks.endpoints.list()]);
  const deliveries = coalesce(entries, records).flatMap((entry) => {
    try {
      return planDeliveries(entry, { records, endpoints, link });
    } catch (error) {
      if (error instanceof FarmError) throw error;
      // An event that cannot be read must not hold up all that follow it.
      deps.logger.error({ err: error, entry: entry.entry }, 'event skipped');
      return [];
    }
  });
  await webhooks.deliveries.add(deliveries, delayMs);
  await reader.acknowledge(entries);
}
