import { randomUUID } from 'node:crypto';
import type { Archive } from './api.ts';
import { type Connection, translate } from './connection.ts';

/** Ended jobs in the order they ended, and the reference counts of inputs: both kept by the scripts. */
export function openArchive({ redis, keys }: Connection): Archive {
  return {
    expired: ({ endedBefore, keep }, limit) =>
      translate(async () => {
        const old =
          endedBefore === undefined
            ? []
            : await redis.zrangebyscore(keys.ended, '-inf', endedBefore, 'LIMIT', 0, limit);
        const surplus = keep === undefined ? 0 : (await redis.zcard(keys.ended)) - keep;
        const beyond =
          surplus > 0 ? await redis.zrange(keys.ended, 0, String(Math.min(surplus, limit) - 1)) : [];
        return [...new Set([...old, ...beyond])].slice(0, limit);
      }),

    unusedInputs: (wanted) =>
      translate(async () => {
        if (wanted.length === 0) return [];
        const counts = await redis.hmget(keys.inputs, ...wanted);
        return wanted.filter((_, index) => counts[index] === null);
      }),

    identity: () =>
      translate(async () => {
        await redis.set(keys.identity, randomUUID(), 'NX');
        return (await redis.get(keys.identity))!;
      }),
  };
}
