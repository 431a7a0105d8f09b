import { type ConnectionOptions, DelayedError, Queue, Worker } from 'bullmq';
import { type Connection, translate } from './connection.ts';

const NAME = 'deliveries';
/** Deliveries that a courier's death interrupted are taken up again however often that happens. */
const MAX_STALLED = 1_000_000;

/** The BullMQ side of deliveries. Its jobs carry an id; everything else is in the delivery's own record. */
export interface DeliveryQueue {
  add(items: readonly { id: string; host: string; round: number; delayMs: number }[]): Promise<void>;
  /** Lets a delayed one go now; false when it is not there. */
  promote(id: string, round: number): Promise<boolean>;
  counts(): Promise<{ waiting: number; active: number; delayed: number }>;
  close(): Promise<void>;
}

export function openDeliveryQueue(connection: Connection): DeliveryQueue {
  let opened: Queue | undefined;
  // Opened at first use: most processes never touch deliveries.
  const queue = () => {
    if (opened) return opened;
    opened = new Queue(NAME, {
      connection: connection.redis as unknown as ConnectionOptions,
      prefix: connection.prefix,
      skipVersionCheck: true,
    });
    opened.on('error', () => {});
    return opened;
  };
  const jobId = (id: string, round: number) => `${id}.${round}`;
  return {
    add: (items) =>
      translate(async () => {
        await queue().addBulk(
          items.map(({ id, host, round, delayMs }) => ({
            name: 'deliver',
            data: { id, host },
            opts: {
              jobId: jobId(id, round),
              attempts: 1,
              removeOnComplete: true,
              removeOnFail: true,
              ...(delayMs > 0 && { delay: delayMs }),
            },
          })),
        );
      }),
    promote: (id, round) =>
      translate(async () => {
        const job = await queue().getJob(jobId(id, round));
        if (!job) return false;
        if (await job.isDelayed()) await job.promote();
        return true;
      }),
    counts: () =>
      translate(async () => {
        const {
          waiting = 0,
          active = 0,
          delayed = 0,
        } = await queue().getJobCounts('waiting', 'active', 'delayed');
        return { waiting, active, delayed };
      }),
    close: async () => opened?.close(),
  };
}

/** What is to be done with a pulled delivery: undefined, it is through; else it comes back then (ms since the epoch). */
export type CarryVerdict = { readonly againAt: number } | undefined;

/** What is known of a delivery without reading its record. */
export interface Pulled {
  readonly id: string;
  /** scheme, host and port of its receiver */
  readonly host: string;
  /** how often it has been pulled, this time included */
  readonly pulls: number;
  /** ms since the epoch: when this round was queued */
  readonly queuedAt: number;
}

export type Carry = (pulled: Pulled) => Promise<CarryVerdict>;

export interface CarrierOptions {
  /** deliveries in hand at once */
  readonly concurrency: number;
  /** a lock that is not renewed for this long is taken for a dead courier's */
  readonly lockMs: number;
  /** how often dead couriers' deliveries are looked for */
  readonly stalledMs: number;
  readonly onError: (error: Error) => void;
}

/** The pulling side. */
export interface Carrier {
  /** Stops pulling and waits for what is in hand. */
  close(): Promise<void>;
}

/** A delivery whose carrying throws is tried again after this long: the fault is ours, not the receiver's. */
const AFTER_FAULT_MS = 5_000;

export function openCarrier(connection: Connection, carry: Carry, options: CarrierOptions): Carrier {
  const worker = new Worker<Pick<Pulled, 'id' | 'host'>>(
    NAME,
    async (job, token) => {
      const verdict = await carry({
        ...job.data,
        pulls: job.attemptsStarted,
        queuedAt: job.timestamp,
      }).catch((error: Error) => {
        options.onError(error);
        return { againAt: Date.now() + AFTER_FAULT_MS };
      });
      if (!verdict) return;
      // A move that fails leaves the job where it is: its lock runs out and it is pulled again. Any other error
      // would make BullMQ give it up.
      await job.moveToDelayed(verdict.againAt, token).catch(options.onError);
      throw new DelayedError();
    },
    {
      connection: connection.redis as unknown as ConnectionOptions,
      prefix: connection.prefix,
      concurrency: options.concurrency,
      lockDuration: options.lockMs,
      stalledInterval: options.stalledMs,
      maxStalledCount: MAX_STALLED,
    },
  );
  // A lost Redis is waited for; BullMQ reports it again and again meanwhile.
  worker.on('error', () => {});
  return { close: () => worker.close() };
}
