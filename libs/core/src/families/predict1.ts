import { z } from 'zod';
import { parseMedia } from '../media.ts';
import { tierOfSize } from '../tiers.ts';
import { defineFamily } from './family.ts';
import {
  intBetween,
  mediaText,
  negativePrompt,
  numberBetween,
  presentText,
  prompt,
  seed32,
} from './fields.ts';

const sideLength = intBetween(64, 1280).multipleOf(8, 'must be a multiple of 8');

const schema = z
  .strictObject({
    prompt: prompt.optional(),
    negative_prompt: negativePrompt.optional(),
    prompt_upsampling: z.boolean().optional(),
    seed: seed32.optional(),
    guidance_scale: numberBetween(1, 10).default(7),
    steps: intBetween(1, 100).default(35),
    image: mediaText('First frame').optional(),
    video: mediaText('Clip to continue').optional(),
    video_params: z
      .strictObject({
        height: sideLength.default(704),
        width: sideLength.default(1280),
        frames_count: intBetween(1, 481).default(121),
        frames_per_sec: intBetween(1, 60).default(24),
      })
      .prefault({}),
  })
  .superRefine((body, context) => {
    const image = presentText(body.image);
    const video = presentText(body.video);
    if (image && video) {
      context.addIssue({ code: 'custom', path: ['video'], message: 'give image or video, not both' });
    }
    if (!image && !video && !presentText(body.prompt)) {
      context.addIssue({
        code: 'custom',
        path: ['prompt'],
        message: 'required when there is no image or video',
      });
    }
  });

type Body = z.infer<typeof schema>;

const ADVISED_WORDS = 250;

/** Cosmos-Predict1 Text2World and Video2World (source: the NIM API page). */
export const predict1 = defineFamily<Body>({
  family: 'predict1',
  title: 'Cosmos-Predict1',
  schema,
  refusal: 'invalid_request',
  plan: (body, { drawSeed }) => {
    const image = presentText(body.image);
    const video = presentText(body.video);
    const text = body.prompt ?? '';
    const { width, height, frames_count, frames_per_sec } = body.video_params;
    return {
      family: 'predict1',
      mode: image ? 'image2video' : video ? 'video2video' : 'text2video',
      tier: tierOfSize({ width, height }),
      width,
      height,
      prompt: text,
      negativePrompt: body.negative_prompt,
      seed: body.seed ?? drawSeed(),
      steps: body.steps,
      guidance: body.guidance_scale,
      frames: frames_count,
      fps: frames_per_sec,
      upsample: body.prompt_upsampling ?? !(image || video),
      ...(image && { image: parseMedia(image, 'image', 'image') }),
      ...(video && { video: parseMedia(video, 'video', 'video') }),
      warnings:
        text.trim().split(/\s+/).length > ADVISED_WORDS
          ? [`prompt: over ${ADVISED_WORDS} words; the text encoder cuts it`]
          : [],
    };
  },
  reply: ({ seed, prompt: text, upsampledPrompt, upsample }) => ({
    media: 'b64_video',
    fields: { seed, ...(upsample && { upsampled_prompt: upsampledPrompt ?? text }) },
  }),
  examples: [
    {
      summary: 'Text2World',
      body: {
        prompt: 'A red circle moves right on a blue background.',
        negative_prompt: 'blurry',
        prompt_upsampling: true,
        seed: 4,
        guidance_scale: 7.5,
        steps: 50,
        video_params: { height: 704, width: 1280, frames_count: 121, frames_per_sec: 24 },
      },
    },
    {
      summary: 'Video2World from an image',
      body: {
        prompt: 'A factory in open fields, seen from far away by a camera that does not move.',
        image: 'https://example.com/first_frame.jpg',
        seed: 42,
      },
    },
    {
      summary: 'Video2World from a video',
      body: {
        prompt: 'A robot works among shelves while the camera moves forward.',
        video: 'https://example.com/first_seconds.mp4',
        seed: 42,
        video_params: { height: 704, width: 1280, frames_count: 121, frames_per_sec: 24 },
      },
    },
  ],
});
