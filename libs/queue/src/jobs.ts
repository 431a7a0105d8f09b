import { FarmError, type JobRecord, type JobSpec, type Priority, planMedia } from '@worldfarm/core';
import type { JobFilter, JobStore, LogLine, Submitted, SubmitOptions } from './api.ts';
import { type Connection, execAll, translate } from './connection.ts';
import { assertMoved, moveStatus } from './moves.ts';
import { queueName } from './names.ts';
import { BAND, bandStart, shareOf } from './order.ts';
import { decodeRecord, encodeSpec, indexesOf, jobNotFound } from './record.ts';
import { MAX_TRANSPORT_EVENTS, type Transport } from './transport.ts';

const IDEMPOTENCY_SECONDS = 24 * 3600;
const LOG_LINES = 500;

/** The job store on Redis. */
export function openJobs(connection: Connection, transport: Transport): JobStore {
  const { redis, keys } = connection;

  async function get(id: string): Promise<JobRecord | undefined> {
    return decodeRecord(id, await translate(() => redis.hgetall(keys.job(id))));
  }
  async function need(id: string): Promise<JobRecord> {
    const record = await get(id);
    if (!record) throw jobNotFound(id);
    return record;
  }

  /** A job that was accepted once has lost its queue job only if somebody took it away. */
  async function inLine(record: JobRecord): Promise<JobRecord> {
    const { spec, status } = record;
    const queue = queueName(spec);
    if (status === 'queued' && !(await transport.has(queue, spec.id))) {
      await transport.add(queue, spec.id, bandStart(spec.priority));
    }
    return record;
  }

  return {
    get,
    getMany: fetchMany,

    async submit(spec, options = {}): Promise<Submitted> {
      const [verdict, value] = (await connection.run('submit', submitArgument(spec, options))) as string[];
      if (verdict === 'new') return { record: { ...freshRecord, spec }, existing: false };
      if (verdict === 'existing') return { record: await inLine(await need(value!)), existing: true };
      throw refusal(verdict!, value!, spec);
    },

    async list(filter, { limit, cursor }) {
      const index = keys.index(narrowest(filter));
      const records: JobRecord[] = [];
      let before = cursor ? `(${cursor}` : '+';
      // Records that the other filters drop do not count: read on until the page is full.
      while (records.length < limit) {
        const ids = await translate(() => redis.zrevrangebylex(index, before, '-', 'LIMIT', 0, limit));
        for (const record of await fetchMany(ids)) {
          if (matches(record, filter)) records.push(record);
          if (records.length === limit) break;
        }
        if (ids.length < limit) break;
        before = `(${ids.at(-1)}`;
      }
      const last = records.length === limit ? records.at(-1)?.spec.id : undefined;
      return { records, next: last };
    },

    async cancel(id) {
      const record = await need(id);
      const moved = await moveStatus(connection, {
        id,
        to: 'canceled',
        bumpFence: true,
        set: { endedAt: Date.now() },
      });
      assertMoved(moved, id, 'canceled');
      if (moved.status === 'queued') await transport.remove(queueName(record.spec), id);
      await translate(() => redis.publish(keys.control, JSON.stringify({ type: 'stop', job: id })));
      return need(id);
    },

    async retry(id) {
      const record = await need(id);
      const { deadlineAt, createdAt } = record.spec;
      // As long again as it had the first time.
      const deadline = deadlineAt && Date.now() + Math.max(0, deadlineAt - createdAt);
      const moved = await moveStatus(connection, {
        id,
        to: 'queued',
        from: ['failed', 'canceled', 'expired'],
        bumpFence: true,
        set: { ...(deadline && { deadlineAt: deadline }) },
        deadline,
        unset: ['attempt', 'error', 'failures', 'endedAt', 'startedAt', 'progress', 'worker', 'checkpoint'],
      });
      assertMoved(moved, id, 'queued');
      const queue = queueName(record.spec);
      await transport.remove(queue, id);
      const priority = (await connection.run(
        'turn',
        turnArgument(record.spec, record.spec.priority),
      )) as number;
      await transport.add(queue, id, priority || bandStart(record.spec.priority));
      return need(id);
    },

    async remove(id) {
      const record = await need(id);
      if (record.status === 'queued' || record.status === 'active') await this.cancel(id);
      await connection.run('remove', {
        id,
        indexes: indexesOf(record.spec),
        media: planMedia(record.spec.plan).map(({ key }) => key),
      });
      return record;
    },

    async changePriority(id, priority) {
      const record = await need(id);
      const turn = (await connection.run('turn', turnArgument(record.spec, priority))) as number;
      if (!turn) {
        throw new FarmError(
          'invalid_transition',
          `the job is ${record.status}: only queued jobs change priority`,
          {
            jobId: id,
          },
        );
      }
      await transport.changePriority(queueName(record.spec), id, turn);
      return need(id);
    },

    async position(id) {
      const record = await need(id);
      return record.status === 'queued' ? transport.rank(queueName(record.spec), id) : undefined;
    },

    async log(id, line) {
      await execAll(
        redis.multi().rpush(keys.logs(id), JSON.stringify(line)).ltrim(keys.logs(id), -LOG_LINES, -1),
      );
    },

    async logs(id) {
      const lines = await translate(() => redis.lrange(keys.logs(id), 0, -1));
      return lines.map((line) => JSON.parse(line) as LogLine);
    },
  };

  async function fetchMany(ids: readonly string[]): Promise<JobRecord[]> {
    if (ids.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.hgetall(keys.job(id));
    return (await execAll(pipeline))
      .map((hash, nth) => decodeRecord(ids[nth]!, (hash ?? {}) as Record<string, string>))
      .filter((record) => record !== undefined);
  }
}

const freshRecord: Omit<JobRecord, 'spec'> = {
  status: 'queued',
  attempt: 0,
  fence: 0,
  progress: { value: 0, stage: 'queued' },
  failures: [],
  metrics: {},
  cancelRequested: false,
};

function turnArgument(spec: JobSpec, priority: Priority) {
  return {
    id: spec.id,
    queue: queueName(spec),
    band: bandStart(priority),
    share: shareOf(spec),
    width: BAND,
  };
}

function submitArgument(spec: JobSpec, { idempotency, limits = {} }: SubmitOptions) {
  return {
    ...turnArgument(spec, spec.priority),
    spec: encodeSpec(spec),
    owner: spec.owner,
    batch: spec.batch,
    hooked: spec.webhook !== undefined || undefined,
    now: Date.now(),
    maxEvents: MAX_TRANSPORT_EVENTS,
    deadline: spec.deadlineAt,
    indexes: [...indexesOf(spec), 'status:queued'],
    media: planMedia(spec.plan).map(({ key }) => key),
    limits,
    idem: idempotency && {
      key: `${spec.owner}:${idempotency.key}`,
      digest: idempotency.digest,
      ttl: IDEMPOTENCY_SECONDS,
    },
  };
}

function refusal(verdict: string, value: string, spec: JobSpec): FarmError {
  switch (verdict) {
    case 'conflict':
      return new FarmError('idempotency_conflict', 'this Idempotency-Key was used with another body', {
        param: 'Idempotency-Key',
        jobId: value,
      });
    case 'queue_full':
      return new FarmError(
        'queue_full',
        `the queue of ${spec.profile} at tier ${spec.tier} is full (${value} jobs)`,
        {
          retryAfter: 30,
        },
      );
    default:
      return new FarmError('quota_exceeded', `the key's limit of unfinished jobs is reached (${value})`, {
        retryAfter: 30,
      });
  }
}

/** The smallest index that holds every match. */
function narrowest({ batch, tag, owner, status, profile }: JobFilter): string {
  if (batch) return `batch:${batch}`;
  if (tag) return `tag:${tag}`;
  if (status && status !== 'succeeded') return `status:${status}`;
  if (owner) return `owner:${owner}`;
  if (status) return `status:${status}`;
  if (profile) return `profile:${profile}`;
  return 'all';
}

function matches({ spec, status }: JobRecord, filter: JobFilter): boolean {
  const tag = filter.tag?.split('=');
  return (
    (!filter.status || filter.status === status) &&
    (!filter.profile || filter.profile === spec.profile) &&
    (!filter.tier || filter.tier === spec.tier) &&
    (!filter.batch || filter.batch === spec.batch) &&
    (!filter.owner || filter.owner === spec.owner) &&
    (!tag || spec.tags[tag[0]!] === tag.slice(1).join('='))
  );
}
