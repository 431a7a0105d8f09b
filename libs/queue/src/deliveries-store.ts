import { FarmError } from '@worldfarm/core';
import { type Connection, execAll, translate } from './connection.ts';
import { type Delivery, type DeliveryStore, deliveryId, type NewDelivery } from './deliveries.ts';
import type { DeliveryQueue } from './deliveries-queue.ts';
import {
  decodeDelivery,
  encodeDelivery,
  hostOf,
  listsOf,
  matchesFilter,
  narrowestList,
  turnOf,
} from './deliveries-record.ts';
import { DELIVER_LUA } from './deliveries-script.lua.ts';
import { webhookKeys } from './outbox-names.ts';

const DAY = 24 * 3600;
/** How long a record is kept: after success, and otherwise. */
const KEEP_DELIVERED_SECONDS = 3 * DAY;
const KEEP_SECONDS = 30 * DAY;
/** The oldest leave a list when it is longer than this. */
const LIST_LENGTH = 200_000;
/** Log lines of one delivery, over all rounds. */
const LOG_LINES = 50;

export function openDeliveries(connection: Connection, queue: DeliveryQueue): DeliveryStore {
  const { redis, prefix } = connection;
  const keys = webhookKeys(prefix);
  redis.defineCommand('wf_deliver', { lua: DELIVER_LUA, numberOfKeys: 1 });

  async function get(id: string): Promise<Delivery | undefined> {
    return decodeDelivery(id, await translate(() => redis.hgetall(keys.delivery(id))));
  }

  async function write(deliveries: readonly NewDelivery[]): Promise<[status: string, round: number][]> {
    const createdAt = Date.now();
    const pipeline = redis.pipeline();
    for (const delivery of deliveries) {
      const argument = {
        id: deliveryId(delivery),
        fields: encodeDelivery(delivery, createdAt),
        lists: listsOf(delivery),
        turn: turnOf(delivery),
        sequence: delivery.sequence,
        keep: KEEP_SECONDS,
        most: LIST_LENGTH,
      };
      (pipeline as unknown as { wf_deliver(prefix: string, argument: string): void }).wf_deliver(
        prefix,
        JSON.stringify(argument),
      );
    }
    return (await execAll(pipeline)) as [string, number][];
  }

  async function read(ids: readonly string[]): Promise<Delivery[]> {
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.hgetall(keys.delivery(id));
    const replies = await execAll(pipeline);
    return replies
      .map((hash, index) => decodeDelivery(ids[index]!, hash as Record<string, string>))
      .filter((delivery) => delivery !== undefined);
  }

  return {
    get,

    async add(deliveries, delayMs = () => 0) {
      if (deliveries.length === 0) return;
      const states = await write(deliveries);
      const waiting = deliveries.flatMap((delivery, index) => {
        const [status, round] = states[index]!;
        return status === 'pending'
          ? [{ id: deliveryId(delivery), host: hostOf(delivery.url), round, delayMs: delayMs(delivery) }]
          : [];
      });
      if (waiting.length > 0) await queue.add(waiting);
    },

    async open(id) {
      const delivery = await get(id);
      if (!delivery) return undefined;
      const turn = turnOf(delivery);
      if (!turn || delivery.attempts > 0 || delivery.round > 0) return { delivery, behind: false };
      const [first] = await translate(() => redis.zrange(keys.turns(turn), 0, '0'));
      return { delivery, behind: first !== undefined && first !== id };
    },

    async list(filter, { limit, cursor }) {
      const list = keys.list(narrowestList(filter));
      const found: Delivery[] = [];
      let before = cursor === undefined ? '+inf' : `(${cursor}`;
      let serial: string | undefined;
      while (found.length < limit) {
        const page = await translate(() =>
          redis.zrevrangebyscore(list, before, '-inf', 'WITHSCORES', 'LIMIT', 0, limit),
        );
        const ids = page.filter((_, index) => index % 2 === 0);
        const serials = new Map(ids.map((id, index) => [id, page[2 * index + 1]!]));
        for (const delivery of await read(ids)) {
          if (!matchesFilter(delivery, filter)) continue;
          found.push(delivery);
          serial = serials.get(delivery.id);
          if (found.length === limit) break;
        }
        if (ids.length < limit) return { deliveries: found, ...(found.length === limit && { next: serial }) };
        before = `(${page.at(-1)}`;
      }
      return { deliveries: found, next: serial };
    },

    async move(delivery, { status, attempt, nextAt, reason }) {
      const key = keys.delivery(delivery.id);
      const turn = turnOf(delivery);
      const ended = status !== 'pending';
      const dead = keys.list('dead');
      const log = attempt ? [...delivery.log, attempt].slice(-LOG_LINES) : delivery.log;
      const writing = redis.multi().hset(key, {
        status,
        log: JSON.stringify(log),
        ...(attempt && { attempts: attempt.attempt }),
        ...(nextAt !== undefined && { nextAt }),
        ...(ended && { endedAt: Date.now() }),
        ...(reason !== undefined && { reason }),
      });
      if (turn) writing.zrem(keys.turns(turn), delivery.id);
      if (nextAt === undefined) writing.hdel(key, 'nextAt');
      if (status === 'delivered') writing.hdel(key, 'body', 'reason');
      if (status === 'dead') {
        writing.zadd(dead, delivery.serial, delivery.id).zremrangebyrank(dead, 0, -LIST_LENGTH - 1);
      } else if (ended) writing.zrem(dead, delivery.id);
      if (ended) writing.expire(key, status === 'delivered' ? KEEP_DELIVERED_SECONDS : KEEP_SECONDS);
      await execAll(writing);
    },

    async redeliver(id, owner) {
      const delivery = await get(id);
      if (!delivery || (owner !== undefined && delivery.owner !== owner)) {
        throw new FarmError('not_found', `there is no delivery ${id}`);
      }
      if (delivery.status === 'pending') {
        await translate(() => redis.hdel(keys.delivery(id), 'nextAt'));
        if (await queue.promote(id, delivery.round)) return delivery;
      }
      const round = delivery.round + 1;
      await execAll(
        redis
          .multi()
          .hset(keys.delivery(id), { status: 'pending', round, attempts: 0 })
          .hdel(keys.delivery(id), 'endedAt', 'reason', 'nextAt')
          .persist(keys.delivery(id))
          .zrem(keys.list('dead'), id),
      );
      await queue.add([{ id, host: hostOf(delivery.url), round, delayMs: 0 }]);
      return (await get(id))!;
    },

    markGone: (subject) =>
      translate(async () => void (await redis.set(keys.gone(subject), '1', 'EX', KEEP_SECONDS))),
    isGone: (subject) => translate(async () => (await redis.exists(keys.gone(subject))) === 1),

    async counts() {
      const [counts, dead] = await Promise.all([
        queue.counts(),
        translate(() => redis.zcard(keys.list('dead'))),
      ]);
      return { ...counts, dead };
    },
  };
}
