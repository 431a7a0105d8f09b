import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TIERS, type Tier, tierSchema } from '@worldfarm/core';
import {
  commaList,
  type Environment,
  flag,
  parseEnvironment,
  port,
  type TracingSettings,
  tracingSettings,
  tracingShape,
  whole,
} from '@worldfarm/service';
import { z } from 'zod';
import type { RunLimits } from './run-job.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

const MEGABYTE = 1_000_000;
const tiers = commaList.pipe(z.array(tierSchema).min(1));

const shape = {
  REDIS_URL: z.string().default('redis://127.0.0.1:6379'),
  WORLDFARM_REDIS_PREFIX: z.string().optional(),
  WORLDFARM_STORE: z.string().default(resolve(REPOSITORY, '.worldfarm/store')),
  WORLDFARM_SCRATCH: z.string().optional(),
  WORLDFARM_PROFILES: z.string().default(resolve(REPOSITORY, 'profiles')),
  WORLDFARM_WORKER_ID: z.string().optional(),
  WORLDFARM_WORKER_PROFILES: commaList.optional(),
  WORLDFARM_WORKER_TIERS: tiers.optional(),
  WORLDFARM_WORKER_HOST: z.string().default('127.0.0.1'),
  WORLDFARM_WORKER_PORT: port.optional(),
  WORLDFARM_DEVICE: z.string().default('cpu'),
  WORLDFARM_DEVICE_ID: whole(0, 63).optional(),
  WORLDFARM_EXECUTION_PROVIDERS: commaList.optional(),
  WORLDFARM_THREADS: whole(1, 1024).optional(),
  WORLDFARM_WARM_UP: flag.optional(),
  WORLDFARM_DEVICE_MEMORY_MB: whole(1, 100_000_000).optional(),
  WORLDFARM_CACHE: z.string().optional(),
  WORLDFARM_LOCK_MS: whole(200, 600_000).default(15_000),
  WORLDFARM_STALLED_MS: whole(100, 600_000).default(5_000),
  WORLDFARM_CHECKPOINT_SECONDS: whole(0, 86_400).default(20),
  WORLDFARM_GRACE_SECONDS: whole(1, 86_400).default(25),
  WORLDFARM_MAX_PUBLISHING: whole(1, 16).default(4),
  WORLDFARM_NO_PROGRESS_SECONDS: whole(1, 86_400).default(900),
  WORLDFARM_DEPENDENCY_WAIT_SECONDS: whole(0, 86_400).default(300),
  WORLDFARM_FRAME_BUFFER_MB: whole(1, 65_536).default(256),
  WORLDFARM_INPUT_CACHE_MB: whole(0, 10_000_000).default(4096),
  WORLDFARM_BLOCK_AFTER: whole(0, 1000).default(5),
  WORLDFARM_UPSTREAM_URL: z.url().optional(),
  WORLDFARM_UPSTREAM_API_KEY: z.string().optional(),
  NIM_MODEL_PROFILE: z.string().optional(),
  NIM_FT_CHECKPOINT: z.string().optional(),
  NIM_MODEL_PATH: z.string().optional(),
  NIM_CACHE_PATH: z.string().optional(),
  NIM_LOG_LEVEL: z.string().default('info'),
  NIM_JSONL_LOGGING: flag.optional(),
  NIM_LOGGING_JSONL: flag.optional(),
  ...tracingShape,
};

/** Everything a worker process is told from outside. */
export interface WorkerConfig {
  readonly id: string;
  readonly host: string;
  readonly redisUrl: string;
  readonly redisPrefix: string | undefined;
  readonly store: string;
  /** folder for files of running jobs; the system's own when absent */
  readonly scratch: string | undefined;
  readonly profilesFolder: string;
  /** profile ids to load; absent: the default profile */
  readonly profiles: readonly string[] | undefined;
  /** folder of an exported profile that is served in place of all others */
  readonly checkpoint: string | undefined;
  readonly tiers: readonly Tier[];
  readonly device: string;
  readonly deviceId: number | undefined;
  readonly providers: readonly string[] | undefined;
  readonly threads: number | undefined;
  /** render a throw-away clip before the worker is ready; absent: where the device is no CPU */
  readonly warmUp: boolean | undefined;
  /** bytes of the device's memory; absent: this machine's, and unknown where the device is no CPU */
  readonly deviceMemory: number | undefined;
  readonly cacheFolder: string | undefined;
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly limits: RunLimits;
  readonly graceSeconds: number;
  /** jobs that may be encoding or uploading while the lane renders the next one */
  readonly maxPublishing: number;
  /** bytes of inputs kept on disk for jobs to come */
  readonly inputCacheBytes: number;
  /** failures in a row after which the worker takes no more jobs; 0: never */
  readonly blockAfter: number;
  /** the model server beside the worker, for profiles of engine `nim` and `videos` */
  readonly upstream: { readonly url: string; readonly apiKey: string | undefined } | undefined;
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly tracing: TracingSettings;
  readonly log: { readonly level: string; readonly json: boolean };
}

/** @throws ConfigError naming each variable at fault */
export function readConfig(environment: Environment = process.env): WorkerConfig {
  const env = parseEnvironment(shape, environment);
  return Object.freeze({
    id: env.WORLDFARM_WORKER_ID ?? `${hostname()}-${randomUUID().slice(0, 8)}`,
    host: hostname(),
    redisUrl: env.REDIS_URL,
    redisPrefix: env.WORLDFARM_REDIS_PREFIX,
    store: env.WORLDFARM_STORE,
    scratch: env.WORLDFARM_SCRATCH,
    profilesFolder: env.WORLDFARM_PROFILES,
    profiles: env.WORLDFARM_WORKER_PROFILES ?? (env.NIM_MODEL_PROFILE ? [env.NIM_MODEL_PROFILE] : undefined),
    checkpoint: env.NIM_FT_CHECKPOINT ?? env.NIM_MODEL_PATH,
    tiers: env.WORLDFARM_WORKER_TIERS ?? TIERS,
    device: env.WORLDFARM_DEVICE,
    deviceId: env.WORLDFARM_DEVICE_ID,
    providers: env.WORLDFARM_EXECUTION_PROVIDERS,
    threads: env.WORLDFARM_THREADS,
    warmUp: env.WORLDFARM_WARM_UP,
    deviceMemory:
      env.WORLDFARM_DEVICE_MEMORY_MB === undefined ? undefined : env.WORLDFARM_DEVICE_MEMORY_MB * MEGABYTE,
    cacheFolder: env.WORLDFARM_CACHE ?? env.NIM_CACHE_PATH,
    lockMs: env.WORLDFARM_LOCK_MS,
    stalledMs: env.WORLDFARM_STALLED_MS,
    limits: {
      checkpointSeconds: env.WORLDFARM_CHECKPOINT_SECONDS,
      noProgressSeconds: env.WORLDFARM_NO_PROGRESS_SECONDS,
      dependencyWaitSeconds: env.WORLDFARM_DEPENDENCY_WAIT_SECONDS,
      frameBufferBytes: env.WORLDFARM_FRAME_BUFFER_MB * MEGABYTE,
    },
    graceSeconds: env.WORLDFARM_GRACE_SECONDS,
    maxPublishing: env.WORLDFARM_MAX_PUBLISHING,
    inputCacheBytes: env.WORLDFARM_INPUT_CACHE_MB * MEGABYTE,
    blockAfter: env.WORLDFARM_BLOCK_AFTER,
    upstream: env.WORLDFARM_UPSTREAM_URL
      ? { url: env.WORLDFARM_UPSTREAM_URL.replace(/\/+$/, ''), apiKey: env.WORLDFARM_UPSTREAM_API_KEY }
      : undefined,
    http:
      env.WORLDFARM_WORKER_PORT === undefined
        ? undefined
        : { host: env.WORLDFARM_WORKER_HOST, port: env.WORLDFARM_WORKER_PORT },
    tracing: tracingSettings(env),
    log: { level: env.NIM_LOG_LEVEL, json: env.NIM_JSONL_LOGGING ?? env.NIM_LOGGING_JSONL ?? false },
  });
}
