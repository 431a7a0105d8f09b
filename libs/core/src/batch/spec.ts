import { z } from 'zod';
import { prioritySchema } from '../job.ts';
import { profileIdSchema } from '../profile.ts';
import { eventTypeSchema, webhookUrlSchema } from '../webhook.ts';
import { webhookSecretSchema } from '../webhook-secret.ts';
import { canonicalJson, type Digest } from './canonical.ts';
import { gridSchema } from './grid.ts';

export const LAYOUTS = ['folder', 'webdataset', 'lerobot'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Prefixes where the farm keeps its own things; no dataset is written there. */
const RESERVED = ['batches', 'checkpoints', 'inputs', 'jobs', 'renders', 'uploads'];

const prefixSchema = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*\/?$/, 'expected a key prefix: a/b/')
  .transform((text) => (text.endsWith('/') ? text : `${text}/`))
  .refine((text) => !RESERVED.includes(text.split('/')[0]!), `not one of ${RESERVED.join(', ')}`);

export const splitName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/, 'a split is 1 to 32 letters, digits and _');

const tagName = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'tag names are 1 to 64 of A-Z a-z 0-9 . _ -');
export const rowTags = z
  .record(tagName, z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 32, 'at most 32 tags');

const outputSchema = z.strictObject({
  prefix: prefixSchema.optional(),
  layout: z.enum(LAYOUTS).default('folder'),
  /** a shard is closed when it holds this many bytes of clips */
  shard_bytes: z.int().min(1).max(50_000_000_000).default(1_000_000_000),
  splits: z
    .record(splitName, z.number().positive())
    .refine((splits) => Object.keys(splits).length > 0, 'at least one split')
    .default({ train: 1 }),
  /** rows of one prompt stay in one split, so that no prompt is trained on and tested with */
  split_by: z.enum(['row', 'prompt']).default('row'),
  scores: z.boolean().default(true),
  license: z.string().max(200).optional(),
  /** whose dataset it is, and where it will be found: for those who read about it */
  creator: z.string().max(200).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  description: z.string().max(4000).optional(),
});

/** When failures end a batch: never, at the first, after a number, or after a share of the rows. */
export const onErrorSchema = z.union([
  z.enum(['continue', 'stop']),
  z.strictObject({ stop_after: z.union([z.int().min(1), z.number().gt(0).lt(1)]) }),
]);
export type OnError = z.infer<typeof onErrorSchema>;

const sourceSchema = z.union([
  z.strictObject({ jsonl: z.string().min(1) }),
  z.strictObject({ grid: gridSchema }),
  /** the finished rows of another batch, all or those that an expression takes */
  z.strictObject({
    batch: z.string().regex(/^batch_[0-9a-f]{20}$/),
    filter: z.string().max(2000).optional(),
  }),
]);

/** `POST /v1/batches`: a dataset to be rendered (CONTRACT: batches). */
export const batchSpecSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a name is 1 to 100 of A-Z a-z 0-9 . _ -'),
  source: sourceSchema,
  /** fields of every row's body that the row does not name itself */
  defaults: z.record(z.string(), z.unknown()).default({}),
  profile: profileIdSchema.optional(),
  priority: prioritySchema.default('low'),
  webhook: z
    .strictObject({
      url: webhookUrlSchema,
      events: z.array(eventTypeSchema).min(1).optional(),
      secret: webhookSecretSchema.optional(),
    })
    .optional(),
  output: outputSchema.prefault({}),
  /** jobs that may be queued or running at a time */
  max_active: z.int().min(1).max(100_000).default(256),
  on_error: onErrorSchema.default('continue'),
  tags: rowTags.default({}),
  /** take renders of the same input from the owner's other batches */
  reuse: z.boolean().default(false),
  /** look whether every input can be had before anything is rendered */
  check_media: z.boolean().default(false),
  dry_run: z.boolean().default(false),
});
export type BatchSpec = z.infer<typeof batchSpecSchema>;

/**
 * What of a spec its rows and their dataset follow from. How fast, how urgent and who is told may change while it
 * runs; this may not.
 *
 * @param build digest of the profile
 */
export function specDigest(
  { source, defaults, output, name }: BatchSpec,
  build: string,
  digest: Digest,
): string {
  return digest(canonicalJson({ source, defaults, output, name, build }));
}

/** Where a batch's dataset goes. */
export function outputPrefix({ name, output }: Pick<BatchSpec, 'name' | 'output'>): string {
  return output.prefix ?? `datasets/${name}/`;
}
