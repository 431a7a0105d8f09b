import type { Job } from 'bullmq';
import { type Connection, translate } from './connection.ts';
import { keysOf } from './names.ts';

/** A pulled BullMQ job that is locked by us. */
export interface HeldJob {
  readonly queue: string;
  /** Keeps the lock alive. `kept`; `taken`: another worker has it; `moved`: the record is no longer ours. */
  renew(fence: number): Promise<'kept' | 'taken' | 'moved'>;
  /** Back into its place in the line, after a delay if any. */
  putBack(delayMs: number): Promise<void>;
  /**
   * Ends our hold so that the queue agrees with the record: a job that is queued (again) goes back into the
   * line, anything else leaves it. When this fails the lock runs out and the next puller finds the same.
   */
  settle(): Promise<void>;
  /** The same for a job whose record has just ended by our own hand. */
  finish(): Promise<void>;
}

const RENEWED = { '1': 'kept', '0': 'taken', '-1': 'moved' } as const;

export function holdJob(job: Job, token: string, connection: Connection, lockMs: number): HeldJob {
  const id = job.id!;
  const keys = keysOf(connection.prefix);
  const queue = job.queueName;
  const quietly = (call: () => Promise<unknown>) =>
    translate(call).then(
      () => {},
      () => {},
    );
  const putBack = (delayMs: number) =>
    quietly(async () => {
      if (delayMs > 0) await job.moveToDelayed(Date.now() + delayMs, token);
      else await job.moveToWait(token);
      await connection.redis.publish(keys.wake, queue);
    });
  const finish = () => quietly(() => job.moveToCompleted('', token, false));
  return {
    queue,
    putBack,
    finish,
    renew: async (fence) => {
      const verdict = (await connection.run('renew', { id, fence, queue, token, lockMs })) as 1 | 0 | -1;
      return RENEWED[`${verdict}`];
    },
    settle: () =>
      quietly(async () => {
        const status = await connection.redis.hget(keys.job(id), 'status');
        if (status === 'queued') await putBack(0);
        else await finish();
      }),
  };
}
