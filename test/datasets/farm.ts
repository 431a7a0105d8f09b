import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBatchClient } from '@worldfarm/client';
import { type Farm, openFarm } from '@worldfarm/queue';
import { openRaw } from '@worldfarm/queue/testing';
import { type ObjectStore, openStore } from '@worldfarm/storage';
import { startS3Server, TEST_CREDENTIALS } from '@worldfarm/storage/testing';
import { freePort, startRedis, until } from '@worldfarm/test-support';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['gateway', 'worker', 'batcher'] as const;
type Part = (typeof PARTS)[number];

/** A whole farm in processes of its own: Redis, gateway, worker, batcher, and a folder or S3 as storage. */
export interface DatasetFarm {
  readonly url: string;
  readonly objects: ObjectStore;
  /** storage as a folder; nothing lies there where it is S3 */
  readonly store: string;
  /** endpoint of S3, where storage is that */
  readonly s3?: string;
  readonly farm: Farm;
  readonly client: ReturnType<typeof createBatchClient>;
  /** Ends parts without a word (SIGKILL) and waits until they are gone; Redis too when named. */
  kill(parts?: readonly (Part | 'redis')[]): Promise<void>;
  start(parts?: readonly Part[]): Promise<void>;
  /** of the parts that run */
  pids(): Record<string, number>;
  /** what Redis says that it holds */
  redisBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** The farm's bucket where storage is S3, and another one that it may read. */
export const BUCKETS = { own: 'farm', other: 'pictures' } as const;

export interface DatasetFarmOptions {
  readonly profile?: string;
  readonly environment?: Record<string, string>;
  readonly parts?: readonly Part[];
  readonly storage?: 'folder' | 's3';
}

export async function startDatasetFarm({
  profile = 'null',
  environment = {},
  parts = PARTS,
  storage = 'folder',
}: DatasetFarmOptions = {}): Promise<DatasetFarm> {
  const redis = await startRedis();
  const s3 = storage === 's3' ? await startS3Server(BUCKETS.own, BUCKETS.other) : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-datasets-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const store = join(folder, 'store');
  const env = {
    ...process.env,
    REDIS_URL: redis.url,
    NIM_HTTP_API_PORT: String(port),
    NIM_LOG_LEVEL: 'warn',
    WORLDFARM_STORE: s3 ? s3Address(s3.endpoint) : store,
    ...(s3 && {
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
      WORLDFARM_BATCH_BUCKETS: BUCKETS.other,
    }),
    WORLDFARM_SCRATCH: join(folder, 'scratch'),
    WORLDFARM_CACHE: join(folder, 'cache'),
    WORLDFARM_PROFILES: join(ROOT, profile === 'null' ? 'test/fixtures/profiles' : 'profiles'),
    WORLDFARM_WORKER_PROFILES: profile,
    WORLDFARM_DEFAULT_PROFILE: profile,
    WORLDFARM_LOCK_MS: '2000',
    WORLDFARM_STALLED_MS: '500',
    WORLDFARM_GRACE_SECONDS: '2',
    WORLDFARM_BATCH_TICK_MS: '50',
    WORLDFARM_BATCH_LEASE_MS: '3000',
    ...environment,
  };
  let redisRuns = true;
  const running = new Map<Part, ChildProcess>();
  const farm = openFarm({ url: redis.url, patience: 'wait' });
  const client = createBatchClient({ baseUrl: url, attempts: 40 });
  const objects = s3 ? await openBucket(s3.endpoint, BUCKETS.own) : await openStore(store);

  const start = async (wanted: readonly Part[] = parts) => {
    for (const part of wanted) {
      const script = join(ROOT, 'apps', part, 'src/main.ts');
      running.set(part, spawn(process.execPath, [script], { env, stdio: ['ignore', 'inherit', 'inherit'] }));
    }
    if (!wanted.includes('gateway')) return;
    await until(
      'the gateway to answer',
      () =>
        fetch(`${url}/v1/health/live`).then(
          (r) => r.ok,
          () => false,
        ),
      60_000,
    );
  };
  const kill = async (which: readonly (Part | 'redis')[] = [...PARTS, 'redis']) => {
    await Promise.all(
      which.map(async (part) => {
        if (part === 'redis') {
          redisRuns = false;
          return redis.kill();
        }
        const child = running.get(part);
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  };
  await start();
  return {
    url,
    store,
    objects,
    ...(s3 && { s3: s3.endpoint }),
    farm,
    client,
    kill,
    start: async (wanted) => {
      if (!redisRuns) await redis.restart();
      redisRuns = true;
      await start(wanted);
    },
    pids: () => Object.fromEntries([...running].map(([part, child]) => [part, child.pid!])),
    redisBytes: async () => {
      const raw = openRaw(redis.url);
      const info = await raw.info('memory');
      raw.disconnect();
      return Number(/used_memory:(\d+)/.exec(info)![1]);
    },
    stop: async () => {
      await kill(PARTS);
      await farm.close();
      objects.close();
      await redis.stop();
      await s3?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const s3Address = (endpoint: string) => `s3://${BUCKETS.own}?region=us-east-1&endpoint=${endpoint}`;

export function openBucket(endpoint: string, bucket: string): Promise<ObjectStore> {
  return openStore({ kind: 's3', bucket, endpoint, credentials: TEST_CREDENTIALS });
}
