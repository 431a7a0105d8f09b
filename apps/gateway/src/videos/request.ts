import {
  type Family,
  FarmError,
  MAX_FRAMES,
  type Profile,
  profileIdSchema,
  RESOLUTIONS,
  schemaError,
  TIERS,
  tierOfSize,
} from '@worldfarm/core';
import { z } from 'zod';

const wholeSeconds = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,3}$/, 'expected whole seconds')
      .transform(Number),
  ])
  .pipe(z.number().min(1, 'at least 1').max(60, 'at most 60'));

const seed = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,10}$/, 'expected an integer')
      .transform(Number),
  ])
  .pipe(z.number().min(0, 'at least 0').max(4_294_967_295, 'at most 4294967295'));

const reference = z.union([
  z.string(),
  z.strictObject({ image_url: z.string() }).transform((o) => o.image_url),
]);

/** Body of `POST /v1/videos`, JSON or form. Forms know only text, so numbers may be text here. */
export const videoSchema = z.strictObject({
  prompt: z.string().min(1, 'required').max(20_000, 'at most 20000 characters'),
  model: profileIdSchema.optional(),
  seconds: wholeSeconds.default(4),
  size: z
    .string()
    .regex(/^\d{2,4}x\d{2,4}$/, 'expected a size such as 1280x720')
    .default('720x1280'),
  input_reference: reference.optional(),
  negative_prompt: z.string().optional(),
  seed: seed.optional(),
});

export type VideoRequest = z.infer<typeof videoSchema>;

/** @throws FarmError invalid_request */
export function readVideoRequest(body: unknown): VideoRequest {
  const result = videoSchema.safeParse(body);
  if (!result.success) throw schemaError(result.error, 'invalid_request');
  return result.data;
}

/** Every size that some tier has, as its request key. */
const KEY_OF_SIZE = new Map(
  TIERS.flatMap((tier) =>
    Object.entries(RESOLUTIONS[tier]).map(([aspect, { width, height }]) => [
      `${width}x${height}`,
      { key: `${tier}_${aspect}`, most: MAX_FRAMES[tier] },
    ]),
  ),
);

const USUAL_FPS = 24;
const FEWEST_FPS = 8;

/**
 * Says in one of our dialects what a Videos request asks for. Clips that are too long for their tier at the
 * usual rate get as high a rate as fits.
 *
 * @throws FarmError invalid_request for a size or length that the profile cannot do
 */
export function videoBody(
  request: VideoRequest,
  profile: Pick<Profile, 'id' | 'families'>,
): { family: Family; body: Record<string, unknown> } {
  const { prompt, negative_prompt, seed, seconds, size, input_reference } = request;
  const shared = {
    prompt,
    ...(negative_prompt !== undefined && { negative_prompt }),
    ...(seed !== undefined && { seed }),
    ...(input_reference && { image: input_reference }),
  };
  const listed = KEY_OF_SIZE.get(size);
  if (listed && profile.families.includes('cosmos3-generator')) {
    const { fps, frames } = pace(seconds, listed.most);
    const body = { ...shared, resolution: listed.key, num_output_frames: frames, fps };
    return { family: 'cosmos3-generator', body };
  }
  const [width, height] = size.split('x').map(Number) as [number, number];
  const fits = [width, height].every((side) => side % 8 === 0 && side >= 64 && side <= 1280);
  if (fits && profile.families.includes('predict1')) {
    const { fps, frames } = pace(seconds, MAX_FRAMES[tierOfSize({ width, height })]);
    const video_params = { width, height, frames_count: frames, frames_per_sec: fps };
    return { family: 'predict1', body: { ...shared, prompt_upsampling: false, video_params } };
  }
  throw new FarmError('invalid_request', `size: ${profile.id} makes ${[...KEY_OF_SIZE.keys()].join(', ')}`, {
    param: 'size',
  });
}

function pace(seconds: number, most: number): { fps: number; frames: number } {
  const fps = Math.min(USUAL_FPS, Math.floor((most - 1) / seconds));
  if (fps < FEWEST_FPS) {
    const longest = Math.floor((most - 1) / FEWEST_FPS);
    throw new FarmError('invalid_request', `seconds: at most ${longest} at this size`, { param: 'seconds' });
  }
  return { fps, frames: Math.max(25, Math.floor((seconds * fps) / 4) * 4 + 1) };
}
