import { after, before, beforeEach } from 'node:test';
import type { JobSpec } from '@worldfarm/core';
import { aJob, startRedis, type TestRedis } from '@worldfarm/test-support';
import type { Redis } from 'ioredis';
import type { Claim, WorkerInfo } from '../api.ts';
import { type Farm, openFarm } from '../farm.ts';
import type { Lane } from '../lane.ts';
import { openRaw } from './raw.ts';

/** A farm of its own for each test of a file, on one Redis. */
export interface Harness {
  readonly farm: Farm;
  readonly redis: TestRedis;
  readonly prefix: string;
  /** a bare connection, for doing what a crash does */
  readonly raw: Redis;
  lane(worker?: string, over?: { lockMs?: number; stalledMs?: number }): Lane;
  submit(over?: Partial<JobSpec>): Promise<string>;
}

export const never = new AbortController().signal;
export const succeed = (claim: Claim) => claim.succeed({ output: { video: undefined }, metrics: {} });
/** The queue of {@link aJob}. */
export const QUEUE = 'render.null.256';

export function useFarm(): Harness {
  let redis: TestRedis;
  let farm: Farm;
  let prefix: string;
  let raw: Redis;
  let count = 0;
  const lanes: Lane[] = [];
  const closeAll = async () => {
    await Promise.all(lanes.splice(0).map((lane) => lane.close()));
    await farm?.close();
    raw?.disconnect();
  };
  before(async () => {
    redis = await startRedis({ appendfsync: 'always' });
  });
  beforeEach(async () => {
    await closeAll();
    prefix = `{test${count++}}`;
    farm = openFarm({ url: redis.url, prefix, patience: 'wait' });
    raw = openRaw(redis.url);
  });
  after(async () => {
    await closeAll();
    await redis.stop();
  });
  return {
    get farm() {
      return farm;
    },
    get redis() {
      return redis;
    },
    get prefix() {
      return prefix;
    },
    get raw() {
      return raw;
    },
    lane(worker = 'w1', { lockMs = 5_000, stalledMs = 5_000 } = {}) {
      const queues = [{ profile: 'null', tier: '256' as const, weight: 1 }];
      const lane = farm.openLane({ worker, queues, lockMs, stalledMs });
      lanes.push(lane);
      return lane;
    },
    submit: async (over) => (await farm.jobs.submit(aJob(over))).record.spec.id,
  };
}

export function aWorker(id: string, over: Partial<WorkerInfo> = {}): WorkerInfo {
  return {
    id,
    status: 'ready',
    host: 'h',
    device: 'cpu',
    engine: 'null',
    profiles: ['null'],
    tiers: ['256'],
    jobsDone: 0,
    jobsFailed: 0,
    startedAt: Date.now(),
    seenAt: Date.now(),
    version: '0',
    ...over,
  };
}
