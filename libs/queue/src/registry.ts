import { profileSchema } from '@worldfarm/core';
import type { ProfileRegistry, WorkerInfo, WorkerRegistry } from './api.ts';
import { type Connection, execAll, translate } from './connection.ts';

const DRAIN_WISH_SECONDS = 3600;

/** Workers announce themselves with a key that expires; a silent one is forgotten. */
export function openWorkers({ redis, keys }: Connection): WorkerRegistry {
  return {
    async beat(info, ttlSeconds) {
      const [, , wished] = await execAll(
        redis
          .multi()
          .set(keys.worker(info.id), JSON.stringify(info), 'EX', ttlSeconds)
          .sadd(keys.workers, info.id)
          .exists(keys.drain(info.id)),
      );
      return { drain: wished === 1 };
    },

    list: () =>
      translate(async () => {
        const ids = (await redis.smembers(keys.workers)).sort();
        if (ids.length === 0) return [];
        const texts = await redis.mget(ids.map(keys.worker));
        const gone = ids.filter((_, index) => texts[index] === null);
        if (gone.length > 0) await redis.srem(keys.workers, ...gone);
        return texts.filter((text) => text !== null).map((text) => JSON.parse(text) as WorkerInfo);
      }),

    async leave(id) {
      await execAll(redis.multi().del(keys.worker(id), keys.drain(id)).srem(keys.workers, id));
    },

    drain: (id) =>
      translate(async () => {
        if ((await redis.exists(keys.worker(id))) === 0) return false;
        // A worker that misses the call finds the wish at its next beat.
        await redis.set(keys.drain(id), '1', 'EX', DRAIN_WISH_SECONDS);
        await redis.publish(keys.control, JSON.stringify({ type: 'drain', worker: id }));
        return true;
      }),
  };
}

export function openProfiles({ redis, keys }: Connection): ProfileRegistry {
  return {
    announce: (profile) =>
      translate(async () => {
        await redis.hset(keys.profiles, profile.id, JSON.stringify(profile));
      }),
    list: () =>
      translate(async () => {
        const texts = Object.values(await redis.hgetall(keys.profiles));
        return texts
          .map((text) => profileSchema.safeParse(JSON.parse(text)))
          .filter((result) => result.success)
          .map((result) => result.data)
          .sort((a, b) => a.id.localeCompare(b.id));
      }),
  };
}
