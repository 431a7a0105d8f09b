import { Job, type Worker } from 'bullmq';
import { type Connection, translate } from './connection.ts';

/** A pulled BullMQ job that is locked by us. */
export interface HeldJob {
  readonly queue: string;
  readonly token: string;
  /** Keeps the lock alive. `kept`; `taken`: another worker has it; `moved`: the record is no longer ours. */
  renew(fence: number): Promise<'kept' | 'taken' | 'moved'>;
  /** Back into its place in the line, after a delay if any. */
  putBack(delayMs: number): Promise<void>;
  /**
   * Ends our hold so that the queue agrees with the record: a job that is queued (again) goes back into the
   * line, anything else leaves it. When this fails the lock runs out and the next puller finds the same.
   */
  settle(): Promise<void>;
}

interface Held {
  readonly id: string;
  readonly queue: string;
  readonly token: string;
}

const RENEWED = { '1': 'kept', '0': 'taken', '-1': 'moved' } as const;

/** @param bull BullMQ's side of the job's queue */
export function holdJob(
  { id, queue, token }: Held,
  bull: Worker,
  connection: Connection,
  lockMs: number,
): HeldJob {
  const { redis, keys } = connection;
  const quietly = (call: () => Promise<unknown>) =>
    translate(call).then(
      () => {},
      () => {},
    );
  const putBack = (delayMs: number) =>
    quietly(async () => {
      const job = await Job.fromId(bull, id);
      if (delayMs > 0) await job?.moveToDelayed(Date.now() + delayMs, token);
      else await job?.moveToWait(token);
      await redis.publish(keys.wake, queue);
    });
  return {
    queue,
    token,
    putBack,
    renew: async (fence) => {
      const verdict = (await connection.run('renew', { id, fence, queue, token, lockMs })) as 1 | 0 | -1;
      return RENEWED[`${verdict}`];
    },
    settle: () =>
      quietly(async () => {
        const status = await redis.hget(keys.job(id), 'status');
        if (status === 'queued') await putBack(0);
        else await connection.run('leave', { id, queue, token, now: Date.now() });
      }),
  };
}
