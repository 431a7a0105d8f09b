import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, parseEnvironment, port } from '@worldfarm/service';
import { z } from 'zod';

/** The checkout that this command line belongs to. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

const shape = {
  NIM_HTTP_API_PORT: port.default(8000),
  REDIS_URL: z.string().optional(),
  WORLDFARM_REDIS_PREFIX: z.string().optional(),
  WORLDFARM_DATA: z.string().default(resolve(REPOSITORY, '.worldfarm')),
  WORLDFARM_URL: z.string().optional(),
  WORLDFARM_API_KEY: z.string().optional(),
  WORLDFARM_HOST: z.string().default('127.0.0.1'),
  WORLDFARM_STORE: z.string().optional(),
  WORLDFARM_PROFILES: z.string().default(resolve(REPOSITORY, 'profiles')),
};

export interface CliConfig {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly port: number;
  readonly host: string;
  /** undefined: `up` starts a Redis of its own */
  readonly redisUrl: string | undefined;
  readonly redisPrefix: string | undefined;
  /** everything that `up` keeps */
  readonly data: string;
  readonly store: string;
  readonly profiles: string;
  /** what `up` hands on to the processes that it starts */
  readonly environment: Environment;
}

/** @throws ConfigError naming each variable at fault */
export function readConfig(environment: Environment = process.env): CliConfig {
  const env = parseEnvironment(shape, environment);
  const data = resolve(env.WORLDFARM_DATA);
  return Object.freeze({
    url: env.WORLDFARM_URL ?? `http://127.0.0.1:${env.NIM_HTTP_API_PORT}`,
    apiKey: env.WORLDFARM_API_KEY,
    port: env.NIM_HTTP_API_PORT,
    host: env.WORLDFARM_HOST,
    redisUrl: env.REDIS_URL,
    redisPrefix: env.WORLDFARM_REDIS_PREFIX,
    data,
    store: env.WORLDFARM_STORE ?? resolve(data, 'store'),
    profiles: env.WORLDFARM_PROFILES,
    environment,
  });
}
