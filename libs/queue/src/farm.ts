import type {
  Archive,
  JobEvents,
  JobStore,
  ProfileRegistry,
  QueueDepth,
  QueueNumbers,
  WorkerRegistry,
} from './api.ts';
import { openArchive } from './archive.ts';
import type { BatchStore } from './batch-api.ts';
import { openBatches } from './batches.ts';
import { connect, type Patience, translate } from './connection.ts';
import { openEvents } from './events.ts';
import { openJobs } from './jobs.ts';
import type { KeyStore } from './keys.ts';
import { openKeys } from './keys-store.ts';
import { type Lane, type LaneOptions, openLane } from './lane.ts';
import { openLiveBus, type StopOrder } from './live.ts';
import { DEFAULT_PREFIX, queueName } from './names.ts';
import { measureQueues } from './numbers.ts';
import { openReconciler, type Reconciler, type ReconcilerOptions } from './reconcile.ts';
import { reclaimFrom } from './reclaim.ts';
import { openProfiles, openWorkers } from './registry.ts';
import { openTransport } from './transport.ts';
import { openWebhooks, type Webhooks } from './webhooks.ts';

export interface FarmOptions {
  /** redis:// or rediss:// */
  readonly url: string;
  readonly prefix?: string;
  readonly patience: Patience;
}

/** Everything that a process of the farm shares through Redis. */
export interface Farm {
  readonly jobs: JobStore;
  readonly events: JobEvents;
  readonly workers: WorkerRegistry;
  readonly profiles: ProfileRegistry;
  readonly keys: KeyStore;
  readonly batches: BatchStore;
  readonly webhooks: Webhooks;
  readonly archive: Archive;
  /** Counts of every queue that ever held a job. */
  depths(): Promise<readonly QueueDepth[]>;
  /** Jobs of every queue by priority and state, and the age of the oldest that waits. */
  numbers(): Promise<QueueNumbers>;
  openLane(options: LaneOptions): Lane;
  openReconciler(options: ReconcilerOptions): Reconciler;
  /** Puts every job of a worker that is known to be gone back at the head of its line. Returns how many. */
  reclaim(worker: string): Promise<number>;
  /** Calls back when this worker is asked to drain. */
  onDrain(worker: string, listener: () => void): () => void;
  /** @throws FarmError dependency_unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openFarm({ url, prefix = DEFAULT_PREFIX, patience }: FarmOptions): Farm {
  const connection = connect({ url, prefix, patience });
  const transport = openTransport(connection);
  const bus = openLiveBus(connection);
  const jobs = openJobs(connection, transport);
  const workers = openWorkers(connection);
  const webhooks = openWebhooks(connection);
  return {
    jobs,
    workers,
    webhooks,
    events: openEvents(bus, jobs),
    profiles: openProfiles(connection),
    keys: openKeys(connection),
    batches: openBatches(connection),
    archive: openArchive(connection),
    numbers: async () => measureQueues(connection, await transport.known()),
    openLane: (options) =>
      openLane(options, {
        connection,
        bus,
        jobs,
        workers,
        peekQueue: (queue, count) => transport.peek(queue, count),
      }),
    openReconciler: (options) => openReconciler(connection, jobs, workers, transport, options),
    reclaim: (worker) => reclaimFrom(connection, jobs, (job) => job.worker === worker),
    onDrain: (worker, listener) =>
      bus.on('control', (message) => {
        const order = JSON.parse(message) as StopOrder;
        if (order.type === 'drain' && order.worker === worker) listener();
      }),
    async depths() {
      const known = await transport.known();
      return Promise.all(
        known.map(async (id) => {
          const counts = await transport.counts(queueName(id));
          const { waiting, prioritized, delayed, active } = counts;
          return { ...id, ...counts, backlog: waiting + prioritized + delayed + active };
        }),
      );
    },
    ping: () => translate(async () => void (await connection.redis.ping())),
    async close() {
      await transport.close();
      await webhooks.close();
      await connection.close();
    },
  };
}
