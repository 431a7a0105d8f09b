import { FarmError, outputPrefix, ROW_STATES, type RowCounts } from '@worldfarm/core';
import type { BatchStore } from './batch-api.ts';
import { openLead } from './batch-lead.ts';
import { decodeBatch } from './batch-record.ts';
import { openBatchScripts } from './batch-scripts.ts';
import { type Connection, translate } from './connection.ts';

/** The batches on Redis: a record, a byte for each row, and the jobs that are under way. */
export function openBatches(connection: Connection): BatchStore {
  const { redis, prefix } = connection;
  const run = openBatchScripts(connection);
  const key = (id: string, part: string) => `${prefix}:batch:${id}:${part}`;
  const get = async (id: string) => decodeBatch(id, await translate(() => redis.hgetall(key(id, 'record'))));

  return {
    get,

    async create({ id, owner, spec, digest, profile }) {
      const [verdict] = (await run('create', {
        id,
        owner,
        digest,
        profile,
        // A dry run writes no dataset.
        place: spec.dry_run ? undefined : outputPrefix(spec),
        spec: JSON.stringify(spec),
        now: Date.now(),
      })) as [string, number];
      if (verdict === 'taken') {
        const message = `another batch writes to ${outputPrefix(spec)}; choose another name or output.prefix`;
        throw new FarmError('invalid_transition', message, { param: 'output.prefix' });
      }
      const record = await get(id);
      if (verdict !== 'busy' && record) return record;
      throw new FarmError(
        'invalid_transition',
        `the batch ${id} still runs with another spec; cancel it, or wait until it has ended`,
        { param: 'name' },
      );
    },

    async list({ owner }, { limit, cursor }) {
      const index = owner === undefined ? `${prefix}:batches` : `${prefix}:batches:${owner}`;
      const from = cursor === undefined ? 0 : Number(cursor);
      const ids = await translate(() => redis.zrevrange(index, from, from + limit - 1));
      const records = (await Promise.all(ids.map(get))).filter((record) => record !== undefined);
      return { records, ...(ids.length === limit && { next: String(from + limit) }) };
    },

    async remove({ id, spec }, endedBefore) {
      return (await run('remove', { id, place: outputPrefix(spec), endedBefore })) === 1;
    },

    async want(id, wish) {
      await translate(() => redis.hset(key(id, 'record'), 'want', wish));
    },

    retryFailed: async (id) => (await run('retry', { id, now: Date.now() })) as number,

    async counts(id) {
      const [rows, active] = await translate(() =>
        Promise.all([redis.hgetall(key(id, 'rows')), redis.hget(`${prefix}:batch:${id}`, 'active')]),
      );
      const counted = Object.fromEntries(
        ROW_STATES.map((state) => [state, Number(rows[state] ?? 0)]),
      ) as RowCounts;
      return { rows: counted, active: Math.max(0, Number(active ?? 0)) };
    },

    states: async (id) => (await translate(() => redis.getBuffer(key(id, 'state')))) ?? new Uint8Array(),

    unfinished: () => translate(() => redis.smembers(`${prefix}:batches:open`)),

    lead: (id, leaseMs) => openLead(id, leaseMs, { connection, run }),
  };
}
