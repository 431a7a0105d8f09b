import { randomUUID } from 'node:crypto';
import { type Farm, hostOf } from '@worldfarm/queue';
import type { Logger, Metrics, Outbound, Tracing } from '@worldfarm/service';
import { openDeliver } from './deliver.ts';
import { openGate } from './gate.ts';
import { courierMetrics } from './metrics.ts';
import { relay } from './relay.ts';

export interface CourierOptions {
  /** deliveries in hand at once, and of those to one host */
  readonly concurrency: number;
  readonly perHost: number;
  readonly timeoutMs: number;
  /** what a courier that is silent for this long held is taken over */
  readonly lockMs: number;
  /** how often that is looked for */
  readonly stalledMs: number;
  /** base of the links in deliveries: the gateway as receivers reach it */
  readonly publicUrl: string;
  readonly version: string;
}

export interface CourierDeps {
  readonly farm: Pick<Farm, 'webhooks' | 'jobs'>;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly presign: (key: string) => Promise<string | undefined>;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

export interface Courier {
  /** Takes nothing new and waits for what is under way. */
  close(): Promise<void>;
}

/** How long a read of the outbox waits for something new. */
const READ_WAIT_MS = 1_000;

/** Starts to turn events into deliveries and to deliver them. */
export function startCourier(options: CourierOptions, deps: CourierDeps): Courier {
  const { webhooks, jobs } = deps.farm;
  const { logger, outbound, presign } = deps;
  const link = (path: string) => new URL(path, options.publicUrl).href;
  const gate = openGate({ perHost: options.perHost });
  const stop = new AbortController();

  const reader = webhooks.openReader({
    name: randomUUID(),
    claimAfterMs: options.lockMs,
    waitMs: READ_WAIT_MS,
  });
  const delayMs = ({ url }: { url: string }) => gate.closedFor(hostOf(url));
  const relaying = relay({ reader, webhooks, link, delayMs, logger }, stop.signal);

  const carry = openDeliver({
    webhooks,
    outbound,
    gate,
    sources: { job: (id) => jobs.get(id), presign, link },
    timeoutMs: options.timeoutMs,
    version: options.version,
    metrics: courierMetrics(deps.metrics, webhooks),
    tracing: deps.tracing,
    logger,
  });
  const carrier = webhooks.openCarrier(carry, {
    concurrency: options.concurrency,
    lockMs: options.lockMs,
    stalledMs: options.stalledMs,
    onError: (error) => logger.error({ err: error }, 'a delivery could not be handled; it is tried again'),
  });

  return {
    async close() {
      stop.abort();
      reader.close();
      await Promise.all([relaying, carrier.close()]);
    },
  };
}
