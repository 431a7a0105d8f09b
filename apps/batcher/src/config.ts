import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { familySchema } from '@worldfarm/core';
import {
  commaList,
  type Environment,
  flag,
  parseEnvironment,
  port,
  tracingSettings,
  tracingShape,
  whole,
} from '@worldfarm/service';
import { z } from 'zod';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

const shape = {
  REDIS_URL: z.string().default('redis://127.0.0.1:6379'),
  WORLDFARM_REDIS_PREFIX: z.string().optional(),
  WORLDFARM_DATA: z.string().default(resolve(REPOSITORY, '.worldfarm')),
  WORLDFARM_STORE: z.string().optional(),
  WORLDFARM_SCRATCH: z.string().optional(),
  WORLDFARM_PROFILES: z.string().default(resolve(REPOSITORY, 'profiles')),
  WORLDFARM_DEFAULT_FAMILY: familySchema.default('cosmos3-generator'),
  WORLDFARM_VIDEO_CONTAINER: z.enum(['mp4', 'webm']).default('mp4'),
  WORLDFARM_VIDEO_CODEC: z.enum(['h264', 'vp9', 'av1', 'lossless']).default('h264'),
  WORLDFARM_ALLOW_PRIVATE_URLS: commaList.default([]),
  WORLDFARM_PROXY: z.string().optional(),
  WORLDFARM_BATCHER_HOST: z.string().default('127.0.0.1'),
  WORLDFARM_BATCHER_PORT: port.optional(),
  WORLDFARM_BATCH_BUCKETS: commaList.default([]),
  WORLDFARM_BATCH_QUEUE_DEPTH: whole(1).default(2000),
  WORLDFARM_BATCH_KEEP_JOBS: whole(0).default(1000),
  WORLDFARM_BATCH_LEASE_MS: whole(500, 600_000).default(15_000),
  WORLDFARM_BATCH_TICK_MS: whole(10, 60_000).default(500),
  WORLDFARM_BATCH_PUBLISH_MS: whole(100, 86_400_000).default(60_000),
  WORLDFARM_GRACE_SECONDS: whole(1, 86_400).default(25),
  NIM_VIDEO_SAVE_QUALITY: whole(1, 9).default(5),
  NIM_ALLOW_URL_INPUT: flag.default(true),
  NIM_LOG_LEVEL: z.string().default('info'),
  NIM_JSONL_LOGGING: flag.optional(),
  NIM_LOGGING_JSONL: flag.optional(),
  ...tracingShape,
};

/**
 * Reads the batcher's configuration, once.
 * @throws ConfigError naming every variable at fault
 */
export function readConfig(environment: Environment = process.env) {
  const env = parseEnvironment(shape, environment);
  return Object.freeze({
    redisUrl: env.REDIS_URL,
    redisPrefix: env.WORLDFARM_REDIS_PREFIX,
    store: env.WORLDFARM_STORE ?? resolve(env.WORLDFARM_DATA, 'store'),
    scratch: env.WORLDFARM_SCRATCH ?? tmpdir(),
    profilesFolder: env.WORLDFARM_PROFILES,
    defaultFamily: env.WORLDFARM_DEFAULT_FAMILY,
    output: {
      container: env.WORLDFARM_VIDEO_CONTAINER,
      codec: env.WORLDFARM_VIDEO_CODEC,
      quality: env.NIM_VIDEO_SAVE_QUALITY,
    },
    allowUrls: env.NIM_ALLOW_URL_INPUT,
    allowPrivate: env.WORLDFARM_ALLOW_PRIVATE_URLS,
    proxy: env.WORLDFARM_PROXY,
    /** buckets beside the farm's own that a batch may read from */
    buckets: env.WORLDFARM_BATCH_BUCKETS,
    /** no more rows are fed to a queue that holds this many jobs */
    queueDepth: env.WORLDFARM_BATCH_QUEUE_DEPTH,
    /** batches up to this size keep their jobs' records and outputs until retention takes them */
    keepJobs: env.WORLDFARM_BATCH_KEEP_JOBS,
    leaseMs: env.WORLDFARM_BATCH_LEASE_MS,
    tickMs: env.WORLDFARM_BATCH_TICK_MS,
    /** the manifest is written anew while a batch runs, at most this often */
    publishMs: env.WORLDFARM_BATCH_PUBLISH_MS,
    http:
      env.WORLDFARM_BATCHER_PORT === undefined
        ? undefined
        : { host: env.WORLDFARM_BATCHER_HOST, port: env.WORLDFARM_BATCHER_PORT },
    graceSeconds: env.WORLDFARM_GRACE_SECONDS,
    tracing: tracingSettings(env),
    log: { level: env.NIM_LOG_LEVEL, json: env.NIM_JSONL_LOGGING ?? env.NIM_LOGGING_JSONL ?? false },
  });
}

export type BatcherConfig = ReturnType<typeof readConfig>;
