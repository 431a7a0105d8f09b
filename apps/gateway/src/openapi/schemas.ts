import {
  ERROR_TABLE,
  type ErrorType,
  familySchema,
  JOB_STATUSES,
  modeSchema,
  prioritySchema,
  tierSchema,
} from '@worldfarm/core';
import { z } from 'zod';

/** Replies, as far as callers may rely on them. */
export const inferReplySchema = z.looseObject({
  b64_video: z.string().optional().meta({ description: 'The video file as base64.' }),
  b64_image: z.string().optional().meta({ description: 'The image file as base64.' }),
  seed: z.int().optional(),
  upsampled_prompt: z.string().optional(),
});

const file = z.looseObject({ url: z.string(), key: z.string(), bytes: z.int(), sha256: z.string() });

export const jobSchema = z.looseObject({
  id: z.string(),
  object: z.literal('job'),
  status: z.enum(JOB_STATUSES),
  family: familySchema,
  mode: modeSchema,
  profile: z.string(),
  tier: tierSchema,
  priority: prioritySchema,
  created_at: z.string(),
  started_at: z.string().optional(),
  ended_at: z.string().optional(),
  progress: z.looseObject({ value: z.number().min(0).max(1), stage: z.string() }),
  queue_position: z.int().optional(),
  eta_seconds: z.number().optional(),
  attempt: z.int(),
  worker: z.string().optional(),
  input: z.record(z.string(), z.unknown()),
  output: z.looseObject({ video: file.optional(), thumbnail: file.optional() }).optional(),
  seed: z.int().optional(),
  upsampled_prompt: z.string().optional(),
  error: z.looseObject({ type: z.string(), message: z.string() }).optional(),
  metrics: z.record(z.string(), z.number()),
  tags: z.record(z.string(), z.string()),
  batch: z.string().optional(),
  urls: z.record(z.string(), z.string()),
});

const errorTypes = Object.keys(ERROR_TABLE) as [ErrorType, ...ErrorType[]];

export const errorEnvelopeSchema = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.enum(errorTypes),
    code: z.int(),
    param: z.string().optional(),
    job_id: z.string().optional(),
  }),
  detail: z.array(
    z.strictObject({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() }),
  ),
});
