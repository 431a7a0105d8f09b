import type { Webhooks } from '@worldfarm/queue';
import type { Metrics } from '@worldfarm/service';

export interface CourierMetrics {
  /** @param latencyMs 0 where nothing was sent */
  tried(outcome: 'delivered' | 'again' | 'dead' | 'dropped', latencyMs: number): void;
}

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** The courier's numbers: tries by outcome, their latency, and what waits. */
export function courierMetrics(
  metrics: Metrics,
  webhooks: Pick<Webhooks, 'deliveries' | 'outboxLength'>,
): CourierMetrics {
  const tries = metrics.counter('worldfarm_webhook_tries_total', 'Webhook tries by outcome', ['outcome']);
  const latency = metrics.histogram(
    'worldfarm_webhook_seconds',
    'Time to an answer or its absence',
    [],
    BUCKETS,
  );
  metrics.gauge('worldfarm_webhook_deliveries', 'Deliveries by where they are', ['place'], async (gauge) => {
    const counts = await webhooks.deliveries.counts().catch(() => undefined);
    for (const [place, count] of Object.entries(counts ?? {})) gauge.set({ place }, count);
  });
  metrics.gauge('worldfarm_webhook_outbox', 'Events that no courier is through with', [], async (gauge) => {
    const length = await webhooks.outboxLength().catch(() => undefined);
    if (length !== undefined) gauge.set(length);
  });
  return {
    tried(outcome, latencyMs) {
      tries.inc({ outcome });
      if (latencyMs > 0) latency.observe(latencyMs / 1000);
    },
  };
}
