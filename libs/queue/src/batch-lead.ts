import { randomUUID } from 'node:crypto';
import { isBatchFinal, type JobStatus, ROW_STATES } from '@worldfarm/core';
import { type BatchLead, LeadLost } from './batch-api.ts';
import type { RunBatchScript } from './batch-scripts.ts';
import { type Connection, execAll, translate } from './connection.ts';

/** Moves go to Redis in portions, so that no script holds it for long. */
const PORTION = 500;

/** Takes the lock of a batch; undefined when another process holds it. */
export async function openLead(
  id: string,
  leaseMs: number,
  { connection, run }: { connection: Connection; run: RunBatchScript },
): Promise<BatchLead | undefined> {
  const { redis, prefix, keys } = connection;
  const token = randomUUID();
  const key = (part: string) => `${prefix}:batch:${id}:${part}`;
  const taken = await translate(() => redis.set(keys.lock(`batch:${id}`), token, 'PX', leaseMs, 'NX'));
  if (!taken) return undefined;
  const change = async (name: Parameters<RunBatchScript>[0], argument: object) => {
    if ((await run(name, { id, token, ...argument })) !== 1)
      throw new LeadLost(`another process leads ${id}`);
  };

  const statuses = async (jobs: readonly string[]) => {
    if (jobs.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const job of jobs) pipeline.hget(keys.job(job), 'status');
    return (await execAll(pipeline)).map((status) => (status ?? undefined) as JobStatus | undefined);
  };

  return {
    renew: async () => (await run('lease', { id, token, ms: leaseMs })) === 1,
    resign: async () => void (await run('lease', { id, token, ms: 0 })),

    async patch(fields) {
      const given = Object.entries(fields);
      await change('patch', {
        set: Object.fromEntries(
          given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
        ),
        unset: given.filter(([, value]) => value === undefined).map(([name]) => name),
        final: fields.status !== undefined && isBatchFinal(fields.status),
      });
    },

    begin: (total) => change('begin', { total, states: ROW_STATES }),

    async move(moves) {
      for (let from = 0; from < moves.length; from += PORTION) {
        const portion = moves.slice(from, from + PORTION);
        await change('move', {
          states: ROW_STATES,
          moves: portion.map(({ row, to, job }) => ({ row, to: ROW_STATES.indexOf(to), job })),
        });
      }
    },

    expire: (seconds) => change('expire', { seconds }),
    cancelPending: () => change('cancel', {}),

    async openJobs() {
      const open = Object.entries(await translate(() => redis.hgetall(key('open'))));
      const now = await statuses(open.map(([job]) => job));
      return open.map(([job, row], nth) => ({ job, row: Number(row), status: now[nth] }));
    },

    async note(name, value) {
      await translate(() =>
        value === undefined
          ? redis.hdel(key('notes'), name)
          : redis.hset(key('notes'), name, JSON.stringify(value)),
      );
    },

    async notes<T>(name: string) {
      const text = await translate(() => redis.hget(key('notes'), name));
      return text === null ? undefined : (JSON.parse(text) as T);
    },

    statuses,
  };
}
