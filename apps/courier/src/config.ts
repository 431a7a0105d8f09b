import { join, resolve } from 'node:path';
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

const url = z.string().refine((text) => URL.canParse(text), 'expected a URL');

const REPOSITORY = resolve(import.meta.dirname, '../../..');

const shape = {
  REDIS_URL: url.default('redis://127.0.0.1:6379'),
  WORLDFARM_REDIS_PREFIX: z.string().optional(),
  WORLDFARM_DATA: z.string().default(join(REPOSITORY, '.worldfarm')),
  WORLDFARM_STORE: z.string().optional(),
  WORLDFARM_PUBLIC_URL: url.default('http://127.0.0.1:8000'),
  WORLDFARM_PRESIGN_SECONDS: whole(1, 604_800).default(86_400),
  WORLDFARM_WEBHOOK_ALLOW: commaList.default([]),
  WORLDFARM_PROXY: url.optional(),
  WORLDFARM_WEBHOOK_TIMEOUT_S: whole(1, 300).default(15),
  WORLDFARM_COURIER_CONCURRENCY: whole(1, 4096).default(64),
  WORLDFARM_COURIER_PER_HOST: whole(1, 4096).default(16),
  WORLDFARM_COURIER_LOCK_MS: whole(200, 600_000).default(30_000),
  WORLDFARM_COURIER_STALLED_MS: whole(100, 600_000).default(15_000),
  WORLDFARM_COURIER_HOST: z.string().default('127.0.0.1'),
  WORLDFARM_COURIER_PORT: port.optional(),
  WORLDFARM_GRACE_SECONDS: whole(0, 86_400).default(25),
  NIM_LOG_LEVEL: z.string().default('info'),
  NIM_JSONL_LOGGING: flag.optional(),
  NIM_LOGGING_JSONL: flag.optional(),
  ...tracingShape,
};

/**
 * Reads the courier's configuration, once.
 * @throws ConfigError naming every variable at fault
 */
export function readConfig(environment: Environment = process.env) {
  const env = parseEnvironment(shape, environment);
  return Object.freeze({
    redisUrl: env.REDIS_URL,
    redisPrefix: env.WORLDFARM_REDIS_PREFIX,
    store: env.WORLDFARM_STORE ?? join(resolve(env.WORLDFARM_DATA), 'store'),
    presignSeconds: env.WORLDFARM_PRESIGN_SECONDS,
    outbound: {
      /** receivers inside the cluster, or on this machine */
      allow: env.WORLDFARM_WEBHOOK_ALLOW,
      proxy: env.WORLDFARM_PROXY,
      connectionsPerHost: env.WORLDFARM_COURIER_PER_HOST,
    },
    courier: {
      publicUrl: env.WORLDFARM_PUBLIC_URL,
      concurrency: env.WORLDFARM_COURIER_CONCURRENCY,
      perHost: env.WORLDFARM_COURIER_PER_HOST,
      timeoutMs: env.WORLDFARM_WEBHOOK_TIMEOUT_S * 1000,
      lockMs: env.WORLDFARM_COURIER_LOCK_MS,
      stalledMs: env.WORLDFARM_COURIER_STALLED_MS,
    },
    http:
      env.WORLDFARM_COURIER_PORT === undefined
        ? undefined
        : { host: env.WORLDFARM_COURIER_HOST, port: env.WORLDFARM_COURIER_PORT },
    graceSeconds: env.WORLDFARM_GRACE_SECONDS,
    tracing: tracingSettings(env),
    log: { level: env.NIM_LOG_LEVEL, json: env.NIM_JSONL_LOGGING ?? env.NIM_LOGGING_JSONL ?? false },
  });
}
