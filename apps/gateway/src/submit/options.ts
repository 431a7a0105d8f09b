import {
  EVENT_TYPES,
  FarmError,
  type OutputPlan,
  type Priority,
  prioritySchema,
  schemaError,
  type WebhookTarget,
  webhookSecretSchema,
  webhookUrlSchema,
} from '@worldfarm/core';
import { z } from 'zod';
import type { Call } from '../http/call.ts';

/** What a caller may say about a job beside what to render. */
export interface FarmOptions {
  readonly profile?: string;
  readonly priority?: Priority;
  readonly webhook?: WebhookTarget;
  readonly deadlineSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly tags: Record<string, string>;
  readonly output: Partial<OutputPlan>;
  readonly outputPrefix?: string;
  readonly cancelOnDisconnect: boolean;
  readonly idempotencyKey?: string;
}

/** What a single job can tell of. */
const JOB_EVENTS = EVENT_TYPES.filter((type) => type.startsWith('job.'));

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `90s`, `30m`, `2h`, `1d` as seconds. */
export const duration = z.string().transform((text, context) => {
  const [, digits, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text.trim()) ?? [];
  if (digits !== undefined && Number(digits) > 0) return Number(digits) * UNITS[unit]!;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 90s, 30m or 2h' });
  return z.NEVER;
});

const tagName = /^[A-Za-z0-9._-]{1,64}$/;
export const tagsSchema = z
  .record(z.string().regex(tagName, 'tag names are 1 to 64 of A-Z a-z 0-9 . _ -'), z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 32, 'at most 32 tags');

const tagList = z.string().transform((text, context) => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const pairs = parts.map((part) => /^([^=]+)=(.*)$/.exec(part)?.slice(1) as [string, string] | undefined);
  const named = pairs.filter((pair) => pair !== undefined);
  const tags = tagsSchema.safeParse(Object.fromEntries(named));
  if (tags.success && named.length === parts.length) return tags.data;
  context.addIssue({ code: 'custom', message: 'expected tags such as a=b,c=d' });
  return z.NEVER;
});

const events = z.array(z.enum(JOB_EVENTS, `must be one of ${JOB_EVENTS.join(', ')}`)).min(1);

export const webhookSchema = z.strictObject({
  url: webhookUrlSchema,
  events: events.optional(),
  secret: webhookSecretSchema.optional(),
});

const FORMATS = { mp4: 'mp4', webm: 'webm' } as const;
const CODECS = ['h264', 'vp9', 'av1', 'lossless'] as const;

export const outputSchema = z.strictObject({
  format: z.enum(FORMATS).optional(),
  codec: z.enum(CODECS).optional(),
  quality: z.int().min(1).max(9).optional(),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*\/?$/, 'expected a key prefix: a/b/')
    .max(256)
    .optional(),
});

/** Headers, each with its query twin. */
const headerShape = {
  profile: z.string().optional(),
  priority: prioritySchema.optional(),
  webhook: webhookUrlSchema.optional(),
  webhook_events: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(events)
    .optional(),
  deadline: duration.optional(),
  timeout: duration.optional(),
  tags: tagList.optional(),
  format: z.enum(FORMATS).optional(),
  codec: z.enum(CODECS).optional(),
  quality: z
    .string()
    .regex(/^[1-9]$/, 'expected 1 to 9')
    .transform(Number)
    .optional(),
  cancel_on_disconnect: z
    .enum(['true', 'false', '1', '0'])
    .transform((text) => text === 'true' || text === '1')
    .optional(),
};
const headerSchema = z.object(headerShape);

/**
 * Reads the farm's options from `Worldfarm-*` headers and their query twins; a header wins.
 * @throws FarmError invalid_request naming the header
 */
export function readOptions({ headers, query }: Pick<Call, 'headers' | 'query'>): FarmOptions {
  const given = Object.fromEntries(
    Object.keys(headerShape)
      .map((name) => [name, headers[`worldfarm-${name.replaceAll('_', '-')}`] ?? query[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = headerSchema.safeParse(given);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  const { webhook, webhook_events, format, codec, quality, ...rest } = result.data;
  if (webhook_events && !webhook) {
    throw new FarmError('invalid_request', 'webhook_events: there is no webhook', {
      param: 'webhook_events',
    });
  }
  return {
    profile: rest.profile,
    priority: rest.priority,
    ...(webhook && { webhook: { url: webhook, events: webhook_events } }),
    deadlineSeconds: rest.deadline,
    timeoutSeconds: rest.timeout,
    tags: rest.tags ?? {},
    output: outputPlan({ format, codec, quality }),
    cancelOnDisconnect: rest.cancel_on_disconnect ?? false,
    idempotencyKey: idempotencyKey(headers['idempotency-key']),
  };
}

/** @throws FarmError invalid_request for a key that could not be stored */
export function idempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new FarmError('invalid_request', 'Idempotency-Key: expected 1 to 255 visible characters', {
    param: 'Idempotency-Key',
  });
}

/** Fills in what one choice implies: WebM means VP9, lossless means MP4. */
export function outputPlan({
  format,
  codec,
  quality,
}: {
  format?: 'mp4' | 'webm';
  codec?: OutputPlan['codec'];
  quality?: number;
}): Partial<OutputPlan> {
  if (format === 'webm' && (codec === 'h264' || codec === 'lossless')) {
    throw new FarmError('invalid_request', `codec: ${codec} does not go into webm; vp9 and av1 do`, {
      param: 'codec',
    });
  }
  const implied = codec ?? (format === 'webm' ? 'vp9' : undefined);
  return {
    ...(format && { container: format }),
    ...(!format && implied && { container: 'mp4' as const }),
    ...(implied && { codec: implied }),
    ...(quality !== undefined && { quality }),
  };
}
