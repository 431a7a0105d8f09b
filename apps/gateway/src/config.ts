import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { familySchema } from '@worldfarm/core';
import {
  ConfigError,
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
import { housekeepingSettings, housekeepingShape } from './housekeeping/config.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

const url = z.string().refine((text) => URL.canParse(text), 'expected a URL');
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const MICROSECONDS = 1_000_000;

const shape = {
  NIM_HTTP_API_PORT: port.default(8000),
  WORLDFARM_HOST: z.string().default('127.0.0.1'),
  REDIS_URL: url.default('redis://127.0.0.1:6379'),
  WORLDFARM_REDIS_PREFIX: z.string().optional(),
  WORLDFARM_DATA: z.string().default(join(REPOSITORY, '.worldfarm')),
  WORLDFARM_STORE: z.string().optional(),
  WORLDFARM_PROFILES: z.string().optional(),
  WORLDFARM_DEFAULT_PROFILE: z.string().optional(),
  NIM_MODEL_PROFILE: z.string().optional(),
  WORLDFARM_DEFAULT_FAMILY: familySchema.default('cosmos3-generator'),
  WORLDFARM_EXPECT_WORKERS: flag.default(true),
  WORLDFARM_QUEUE_DEPTH: whole(1).optional(),
  WORLDFARM_MAX_BODY_BYTES: whole(1024).default(420_000_000),
  WORLDFARM_MAX_UPLOAD_BYTES: whole(1024).default(20_000_000_000),
  WORLDFARM_MAX_FIELD_BYTES: whole(1024).default(2_000_000),
  WORLDFARM_MAX_IMAGE_PIXELS: whole(1).default(50_000_000),
  WORLDFARM_MAX_CLIP_FRAMES: whole(1).default(5_000),
  WORLDFARM_MAX_CLIP_SECONDS: whole(1).default(600),
  WORLDFARM_PRESIGN_SECONDS: whole(1, 604_800).default(3600),
  WORLDFARM_ALLOW_PRIVATE_URLS: commaList.default([]),
  WORLDFARM_PROXY: url.optional(),
  WORLDFARM_URL_TIMEOUT_S: whole(1, 3600).default(60),
  WORLDFARM_VIDEO_CONTAINER: z.enum(['mp4', 'webm']).default('mp4'),
  WORLDFARM_VIDEO_CODEC: z.enum(['h264', 'vp9', 'av1', 'lossless']).default('h264'),
  WORLDFARM_AUTH: flag.optional(),
  WORLDFARM_GUARDRAIL_WORDS: commaList.default([]),
  WORLDFARM_GUARDRAIL_WORDS_FILE: z.string().optional(),
  WORLDFARM_GUARDRAIL_MODERATION_URL: url.optional(),
  WORLDFARM_GUARDRAIL_MODERATION_MODEL: z.string().optional(),
  WORLDFARM_GUARDRAIL_MODERATION_API_KEY: z.string().optional(),
  WORLDFARM_GUARDRAIL_MODERATION_TIMEOUT_S: whole(1, 600).default(10),
  NIM_ENABLE_PROMPT_UPSAMPLING: flag.default(false),
  NIM_PROMPT_UPSAMPLING_ENDPOINT_URL: url.optional(),
  NIM_PROMPT_UPSAMPLING_MODEL: z.string().optional(),
  NIM_PROMPT_UPSAMPLING_API_KEY: z.string().optional(),
  NIM_PROMPT_UPSAMPLING_TIMEOUT_S: whole(1, 3600).default(120),
  WORLDFARM_GRACE_SECONDS: whole(0, 86_400).default(25),
  ...housekeepingShape,
  ...tracingShape,
  NIM_VIDEO_SAVE_QUALITY: whole(1, 9).default(5),
  NIM_LOG_LEVEL: z.string().default('info'),
  NIM_JSONL_LOGGING: flag.optional(),
  NIM_LOGGING_JSONL: flag.optional(),
  NIM_ALLOW_URL_INPUT: flag.default(true),
  NIM_FT_CHECKPOINT: z.string().optional(),
  NIM_MODEL_PATH: z.string().optional(),
  NIM_TRITON_REQUEST_TIMEOUT: whole(1).default(1800 * MICROSECONDS),
};

type Parsed = z.infer<z.ZodObject<typeof shape>>;

/**
 * Reads the gateway's configuration, once.
 * @throws ConfigError naming every variable at fault
 */
export function readConfig(environment: Environment = process.env) {
  const env = parseEnvironment(shape, environment);
  const data = resolve(env.WORLDFARM_DATA);
  return Object.freeze({
    host: env.WORLDFARM_HOST,
    port: env.NIM_HTTP_API_PORT,
    redisUrl: env.REDIS_URL,
    redisPrefix: env.WORLDFARM_REDIS_PREFIX,
    store: env.WORLDFARM_STORE ?? join(data, 'store'),
    tempFolder: join(tmpdir(), 'worldfarm'),
    licenseFile: join(REPOSITORY, 'LICENSE'),
    profilesFolder: resolve(env.WORLDFARM_PROFILES ?? join(REPOSITORY, 'profiles')),
    defaultProfile: env.WORLDFARM_DEFAULT_PROFILE ?? env.NIM_MODEL_PROFILE,
    defaultFamily: env.WORLDFARM_DEFAULT_FAMILY,
    expectWorkers: env.WORLDFARM_EXPECT_WORKERS,
    queueDepth: env.WORLDFARM_QUEUE_DEPTH,
    body: {
      total: env.WORLDFARM_MAX_BODY_BYTES,
      fields: env.WORLDFARM_MAX_FIELD_BYTES,
      /** rows of batches, which go to storage as they come */
      upload: env.WORLDFARM_MAX_UPLOAD_BYTES,
    },
    media: {
      allowUrls: env.NIM_ALLOW_URL_INPUT,
      allowPrivate: env.WORLDFARM_ALLOW_PRIVATE_URLS,
      proxy: env.WORLDFARM_PROXY,
      urlTimeoutMs: env.WORLDFARM_URL_TIMEOUT_S * 1000,
      imagePixels: env.WORLDFARM_MAX_IMAGE_PIXELS,
      clipFrames: env.WORLDFARM_MAX_CLIP_FRAMES,
      clipSeconds: env.WORLDFARM_MAX_CLIP_SECONDS,
    },
    /** off where only this machine can call */
    auth: env.WORLDFARM_AUTH ?? !LOOPBACK.has(env.WORLDFARM_HOST),
    guardrails: {
      words: env.WORLDFARM_GUARDRAIL_WORDS,
      wordsFile: env.WORLDFARM_GUARDRAIL_WORDS_FILE,
      moderation: env.WORLDFARM_GUARDRAIL_MODERATION_URL
        ? {
            url: env.WORLDFARM_GUARDRAIL_MODERATION_URL,
            model: env.WORLDFARM_GUARDRAIL_MODERATION_MODEL,
            apiKey: env.WORLDFARM_GUARDRAIL_MODERATION_API_KEY,
            timeoutMs: env.WORLDFARM_GUARDRAIL_MODERATION_TIMEOUT_S * 1000,
          }
        : undefined,
    },
    upsampling: upsampling(env),
    output: {
      container: env.WORLDFARM_VIDEO_CONTAINER,
      codec: env.WORLDFARM_VIDEO_CODEC,
      quality: env.NIM_VIDEO_SAVE_QUALITY,
    },
    presignSeconds: env.WORLDFARM_PRESIGN_SECONDS,
    holdSeconds: env.NIM_TRITON_REQUEST_TIMEOUT / MICROSECONDS,
    housekeeping: housekeepingSettings(env),
    graceSeconds: env.WORLDFARM_GRACE_SECONDS,
    /** silence on an event stream is broken after this long */
    eventCommentMs: 15_000 as number,
    checkpoint: env.NIM_FT_CHECKPOINT ?? env.NIM_MODEL_PATH,
    tracing: tracingSettings(env),
    log: { level: env.NIM_LOG_LEVEL, json: env.NIM_JSONL_LOGGING ?? env.NIM_LOGGING_JSONL ?? false },
  });
}

/** @throws ConfigError when upsampling is on and nobody is there to do it */
function upsampling(env: Parsed) {
  if (!env.NIM_ENABLE_PROMPT_UPSAMPLING) return undefined;
  const url = env.NIM_PROMPT_UPSAMPLING_ENDPOINT_URL;
  const model = env.NIM_PROMPT_UPSAMPLING_MODEL;
  if (!url || !model) {
    const missing = url ? 'NIM_PROMPT_UPSAMPLING_MODEL' : 'NIM_PROMPT_UPSAMPLING_ENDPOINT_URL';
    throw new ConfigError(`configuration: ${missing}: required by NIM_ENABLE_PROMPT_UPSAMPLING`);
  }
  const timeoutMs = env.NIM_PROMPT_UPSAMPLING_TIMEOUT_S * 1000;
  return { url, model, apiKey: env.NIM_PROMPT_UPSAMPLING_API_KEY, timeoutMs };
}

export type GatewayConfig = ReturnType<typeof readConfig>;
