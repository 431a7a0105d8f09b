import { z } from 'zod';
import { controlSchema, familySchema, modeSchema } from './modes.ts';
import { tierSchema } from './tiers.ts';

/** Profile ids go into queue names, paths and URLs. */
export const profileIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a profile id is 1 to 64 of a-z 0-9 . _ -');

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
const relativePath = z
  .string()
  .min(1)
  .refine((p) => !p.startsWith('/') && !p.split(/[\\/]/).includes('..'), 'a path inside the profile folder');

/** The size and length a model was made for; other requests are met by windows and scaling. */
export const nativeSchema = z.strictObject({
  /** Sizes that are sampled without scaling, in pixels; the first is the default. */
  sizes: z.array(z.strictObject({ width: z.int().positive(), height: z.int().positive() })).min(1),
  /** Frames of one window, the first latent frame's single frame included (1 + 4k for causal video VAEs). */
  frames: z.int().positive(),
  fps: z.number().positive(),
});

/** A component: one ONNX graph (or a first/next pair), with whatever its pipeline wants to know of it. */
export const componentSchema = z.looseObject({ file: relativePath });

/**
 * A classifier that looks at rendered frames: `frames` [N,3,height,width] float32 in, RGB, `(value/255 - mean) / std`;
 * its first output has, for each frame, one or more probabilities of what must not be shown.
 */
export const frameGuardSchema = z.strictObject({
  file: relativePath,
  width: z.int().min(8).max(1024),
  height: z.int().min(8).max(1024),
  /** a frame with a probability of this or more blocks the whole output */
  threshold: z.number().min(0).max(1),
  /** one frame out of so many is looked at, and the last one */
  every: z.int().min(1).default(8),
  mean: z.array(z.number()).length(3).default([0, 0, 0]),
  std: z.array(z.number().positive()).length(3).default([1, 1, 1]),
});
export type FrameGuardSpec = z.infer<typeof frameGuardSchema>;

/**
 * `profile.json`: one servable model build. `pipeline`, `scheduler` and `tokenizer` are read strictly by
 * libs/diffusion, which knows the pipeline named by `pipeline.type`; here they only have to be objects.
 */
export const profileSchema = z.strictObject({
  schema: z.literal(1),
  id: profileIdSchema,
  name: z.string().min(1),
  version: z.string().min(1),
  description: z.string(),
  /** What a reader must know before trusting the pictures, e.g. that the model only recalls known clips. */
  notice: z.string().optional(),
  license: z.string().optional(),
  url: z.string().optional(),
  families: z.array(familySchema).min(1),
  modes: z.array(modeSchema).min(1),
  controls: z.array(controlSchema).default([]),
  tiers: z.array(tierSchema).min(1),
  engine: z.enum(['onnx', 'nim', 'videos', 'null']),
  native: nativeSchema.optional(),
  /** default negative prompt; "" for a model that understands none */
  negative_prompt: z.string().optional(),
  pipeline: z.looseObject({ type: z.string() }).optional(),
  scheduler: z.looseObject({ type: z.string() }).optional(),
  components: z.record(z.string(), componentSchema).default({}),
  tokenizer: z.looseObject({ file: relativePath }).optional(),
  frame_guard: frameGuardSchema.optional(),
  /** Every file of the folder that rendering reads, with its digest. */
  files: z
    .array(z.strictObject({ path: relativePath, bytes: z.int().nonnegative(), sha256: sha256Schema }))
    .default([]),
});

/** Profiles that we ship, the one that serves where none is named first. */
export const SHIPPED_PROFILES: readonly string[] = ['pocket-world', 'kernel-world'];

export type Profile = z.infer<typeof profileSchema>;
export type NativeSize = z.infer<typeof nativeSchema>;

/** One line that names the build exactly: `kernel-world@1.0.0`. */
export function profileLabel(profile: Pick<Profile, 'id' | 'version'>): string {
  return `${profile.id}@${profile.version}`;
}
