import { isWanted, type JobRecord, outputKeys, parseAttemptKey } from '@worldfarm/core';
import type { Farm } from '@worldfarm/queue';
import { openRaw } from '@worldfarm/queue/testing';
import { listAll, type ObjectStore } from '@worldfarm/storage';
import type { Accepted } from './submit.ts';

/** What is wrong with a farm after the chaos; each list must be empty. */
export interface Broken {
  /** accepted, but not succeeded */
  readonly lost: readonly string[];
  /** succeeded more than once, or went on after that */
  readonly twice: readonly string[];
  /** the published output, or what it says of itself, is of another fence than the record's */
  readonly fences: readonly string[];
  /** objects that nothing refers to */
  readonly orphans: readonly string[];
  /** published objects that are not there */
  readonly missing: readonly string[];
  /** jobs, queue jobs or counts that are still open */
  readonly stuck: readonly string[];
}

/** Status changes of every job in order, from the outbox that the moves themselves write. */
export async function readMoves(redisUrl: string, prefix: string): Promise<Map<string, string[]>> {
  const redis = openRaw(redisUrl);
  const moves = new Map<string, string[]>();
  let after = '-';
  while (true) {
    const entries = await redis.xrange(`${prefix}:outbox`, after, '+', 'COUNT', 1000);
    for (const [, fields] of entries) {
      const at = (name: string) => fields[fields.indexOf(name) + 1]!;
      const id = at('job');
      if (fields.includes('status')) moves.set(id, [...(moves.get(id) ?? []), at('status')]);
    }
    if (entries.length < 1000) break;
    after = `(${entries.at(-1)![0]}`;
  }
  redis.disconnect();
  return moves;
}

async function recordsOf(farm: Farm, accepted: readonly Accepted[]): Promise<Map<string, JobRecord>> {
  const found = await farm.jobs.getMany(accepted.map(({ id }) => id));
  return new Map(found.map((record) => [record.spec.id, record]));
}

/** All that records, moves and names of objects tell. */
export async function findBroken(
  farm: Farm,
  store: ObjectStore,
  accepted: readonly Accepted[],
  moves: ReadonlyMap<string, readonly string[]>,
): Promise<Omit<Broken, 'fences'>> {
  const ids = accepted.map(({ id }) => id);
  const records = await recordsOf(farm, accepted);
  const keys = new Set<string>();
  for await (const { key } of listAll(store, '')) keys.add(key);

  const lost = ids.filter((id) => records.get(id)?.status !== 'succeeded');
  const twice = ids.filter((id) => {
    const seen = moves.get(id) ?? [];
    return seen.filter((status) => status === 'succeeded').length !== 1 || seen.at(-1) !== 'succeeded';
  });
  const orphans = [...keys].filter((key) => {
    const attempt = parseAttemptKey(key);
    return attempt && !isWanted(key, attempt.fence, records.get(attempt.id));
  });
  const missing = [...records.values()].flatMap(({ output }) =>
    outputKeys(output).filter((key) => !keys.has(key)),
  );
  const open = await farm.depths();
  const stuck = open.filter(({ backlog }) => backlog > 0).map((depth) => JSON.stringify(depth));
  for (const status of ['queued', 'active'] as const) {
    const { records: left } = await farm.jobs.list({ status }, { limit: 100 });
    stuck.push(...left.map(({ spec }) => `${spec.id} ${status}`));
  }
  return { lost, twice, orphans, missing, stuck };
}

/** Jobs whose published files are of another fence, worker or seed than their record, by name or by content. */
export async function findForeign(
  farm: Farm,
  store: ObjectStore,
  accepted: readonly Accepted[],
): Promise<string[]> {
  const foreign: string[] = [];
  for (const { spec, fence, worker, output } of (await recordsOf(farm, accepted)).values()) {
    const { video, metadata } = output ?? {};
    if (!video || !metadata || !(await store.head(metadata.key))) continue;
    const { body } = await store.get(metadata.key);
    const told = JSON.parse(Buffer.concat(await body.toArray()).toString()) as Record<string, unknown>;
    const named = parseAttemptKey(video.key)?.fence;
    const own = named === fence && told.fence === fence && told.worker === worker;
    if (!own || told.seed !== spec.plan.seed) foreign.push(spec.id);
  }
  return foreign;
}
