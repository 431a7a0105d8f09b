import { Queue, Worker } from 'bullmq';

/** BullMQ as its own guide uses it: one queue, one worker that does nothing, jobs removed when done. */
export interface Bare {
  add(): Promise<unknown>;
  /** Starts a worker; calls back at each finished job. Returns what stops it. */
  work(onDone: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const DATA = { prompt: 'a red circle' };

export function openBare(redisUrl: string, name: string): Bare {
  const { hostname: host, port } = new URL(redisUrl);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  let count = 0;
  return {
    add: () => queue.add('render', DATA, { jobId: `job-${++count}`, priority: 1, removeOnComplete: true }),
    async work(onDone) {
      const worker = new Worker(name, async () => {}, { connection });
      worker.on('completed', onDone);
      await worker.waitUntilReady();
      return () => worker.close();
    },
    close: () => queue.close(),
  };
}
