import type { Gateway } from './gateway.ts';

/** Queue depths and workers as metrics, read at each scrape. A scrape without Redis shows the rest. */
export function watchFarm({ metrics, farm, logger }: Gateway): void {
  const quietly = (read: () => Promise<void>) =>
    read().catch((error: unknown) => logger.warn({ err: error }, 'the farm could not be measured'));

  const labels = ['profile', 'tier', 'priority', 'state'] as const;
  metrics.gauge('worldfarm_queue_jobs', 'Jobs in a queue', labels, (gauge) =>
    quietly(async () => {
      gauge.reset();
      for (const { count, ...job } of (await farm.numbers()).jobs) gauge.set(job, count);
    }),
  );
  metrics.gauge(
    'worldfarm_queue_oldest_waiting_seconds',
    'How long the oldest queued job has been waiting',
    ['profile', 'tier'],
    (gauge) =>
      quietly(async () => {
        gauge.reset();
        for (const { seconds, ...queue } of (await farm.numbers()).oldest) gauge.set(queue, seconds);
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
