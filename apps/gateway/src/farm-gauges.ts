import type { Gateway } from './gateway.ts';

/** Queue depths and workers as metrics, read at each scrape. A scrape without Redis shows the rest. */
export function watchFarm({ metrics, farm, logger }: Gateway): void {
  const quietly = (read: () => Promise<void>) =>
    read().catch((error: unknown) => logger.warn({ err: error }, 'the farm could not be measured'));

  metrics.gauge('worldfarm_queue_jobs', 'Jobs in a queue', ['profile', 'tier', 'state'], (gauge) =>
    quietly(async () => {
      gauge.reset();
      for (const { profile, tier, waiting, prioritized, delayed, active } of await farm.depths()) {
        const labels = { profile, tier };
        gauge.set({ ...labels, state: 'waiting' }, waiting + prioritized);
        gauge.set({ ...labels, state: 'delayed' }, delayed);
        gauge.set({ ...labels, state: 'active' }, active);
      }
    }),
  );
  metrics.gauge(
    'worldfarm_queue_backlog',
    'Unfinished jobs of a queue: the number to scale on',
    ['profile', 'tier'],
    (gauge) =>
      quietly(async () => {
        gauge.reset();
        for (const { profile, tier, backlog } of await farm.depths()) gauge.set({ profile, tier }, backlog);
      }),
  );
  metrics.gauge('worldfarm_workers', 'Workers that were heard of lately', ['status'], (gauge) =>
    quietly(async () => {
      gauge.reset();
      for (const { status } of await farm.workers.list()) gauge.inc({ status });
    }),
  );
}
