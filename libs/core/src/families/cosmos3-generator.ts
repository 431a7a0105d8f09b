import { z } from 'zod';
import { parseMedia } from '../media.ts';
import { MAX_FRAMES, parseResolution, RESOLUTION_KEYS } from '../tiers.ts';
import { defineFamily } from './family.ts';
import {
  intBetween,
  mediaText,
  negativePrompt,
  numberBetween,
  oneOf,
  presentText,
  prompt,
  seedFromZero,
} from './fields.ts';

const FEWEST_FRAMES = 25;

const schema = z
  .strictObject({
    prompt: prompt.optional(),
    negative_prompt: negativePrompt.optional(),
    image: mediaText('First frame; blank counts as absent').optional(),
    seed: seedFromZero.optional(),
    guidance_scale: numberBetween(1, 7).default(6),
    steps: intBetween(1, 100).default(35),
    resolution: oneOf(RESOLUTION_KEYS).default('720'),
    num_output_frames: z
      .int('must be an integer')
      .min(FEWEST_FRAMES, `at least ${FEWEST_FRAMES}`)
      .refine((n) => n % 4 === 1, 'must be 4k+1 (25, 29, 33, ...)')
      .default(189),
    fps: numberBetween(1, 60).default(24),
  })
  .superRefine((body, context) => {
    const tier = parseResolution(body.resolution)?.tier;
    if (tier && body.num_output_frames > MAX_FRAMES[tier]) {
      context.addIssue({
        code: 'custom',
        path: ['num_output_frames'],
        message: `at most ${MAX_FRAMES[tier]} at tier ${tier}`,
      });
    }
    if (!presentText(body.image) && !presentText(body.prompt)) {
      context.addIssue({ code: 'custom', path: ['prompt'], message: 'required when there is no image' });
    }
  });

type Body = z.infer<typeof schema>;

/** Cosmos3-Generator 1.0: text to video and image to video (source: the NIM API page). */
export const cosmos3Generator = defineFamily<Body>({
  family: 'cosmos3-generator',
  title: 'Cosmos3-Generator',
  schema,
  refusal: 'invalid_request',
  plan: (body, { drawSeed }) => {
    const image = presentText(body.image);
    const shape = parseResolution(body.resolution)!;
    return {
      family: 'cosmos3-generator',
      mode: image ? 'image2video' : 'text2video',
      tier: shape.tier,
      width: shape.width,
      height: shape.height,
      prompt: body.prompt ?? '',
      negativePrompt: body.negative_prompt,
      seed: body.seed ?? drawSeed(),
      steps: body.steps,
      guidance: body.guidance_scale,
      frames: body.num_output_frames,
      fps: body.fps,
      ...(image && { image: parseMedia(image, 'image', 'image') }),
      warnings: [],
    };
  },
  reply: ({ seed }) => ({ media: 'b64_video', fields: { seed } }),
  examples: [
    {
      summary: 'Text to video',
      body: {
        prompt: 'The robot walks forward and picks up the box on the shelf.',
        seed: 42,
        guidance_scale: 6,
        steps: 35,
        resolution: '480_16_9',
        num_output_frames: 121,
        fps: 24,
      },
    },
    {
      summary: 'Image to video',
      body: {
        prompt: 'The robot walks forward and picks up the box on the shelf.',
        image: 'https://example.com/first_frame.jpg',
        seed: 42,
      },
    },
  ],
});
