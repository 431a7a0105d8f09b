import { isWanted, type JobRecord, parseAttemptKey } from '@worldfarm/core';
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

export async function findBroken(
  farm: Farm,
  store: ObjectStore,
  accepted: readonly Accepted[],
  moves: ReadonlyMap<string, readonly string[]>,
): Promise<Broken> {
  const ids = accepted.map(({ id }) => id);
  const records = new Map<string, JobRecord>();
  for (const record of await farm.jobs.getMany(ids)) records.set(record.spec.id, record);
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
  const missing: string[] = [];
  const fences: string[] = [];
  for (const { spec, fence, worker, output } of records.values()) {
    const { video, metadata } = output ?? {};
    if (!video || !metadata) continue;
    missing.push(...[video.key, metadata.key].filter((key) => !keys.has(key)));
    if (!keys.has(metadata.key)) continue;
    if (parseAttemptKey(video.key)?.fence !== fence) fences.push(spec.id);
    const { body } = await store.get(metadata.key);
    const told = JSON.parse(Buffer.concat(await body.toArray()).toString()) as Record<string, unknown>;
    if (told.fence !== fence || told.worker !== worker || told.seed !== spec.plan.seed) fences.push(spec.id);
  }
  const open = await farm.depths();
  const stuck = open.filter(({ backlog }) => backlog > 0).map((depth) => JSON.stringify(depth));
  for (const status of ['queued', 'active'] as const) {
    const { records: left } = await farm.jobs.list({ status }, { limit: 100 });
    stuck.push(...left.map(({ spec }) => `${spec.id} ${status}`));
  }
  return { lost, twice, fences, orphans, missing, stuck };
}
