import { z } from 'zod';
import { parseMedia } from '../media.ts';
import { defineFamily } from './family.ts';
import {
  intBetween,
  mediaText,
  negativePrompt,
  numberBetween,
  oneOf,
  presentText,
  requiredPrompt,
  seed32,
} from './fields.ts';
import { KEYS_25, shapeOfKey } from './shapes.ts';

/** Frames of one window of the model; longer clips slide it. */
const WINDOW = 93;
/** Two windows' worth over the longest clip that any dialect renders. */
const MOST_FRAMES = 481;

const schema = z
  .strictObject({
    prompt: requiredPrompt,
    negative_prompt: negativePrompt.optional(),
    image: mediaText('First frame').optional(),
    video: mediaText('Clip to continue').optional(),
    resolution: oneOf(KEYS_25).default('720'),
    num_output_frames: intBetween(1, MOST_FRAMES).default(WINDOW),
    guidance_scale: numberBetween(1, 20).default(7),
    steps: intBetween(1, 50).default(35),
    seed: seed32.optional(),
  })
  .superRefine((body, context) => {
    if (presentText(body.image) && presentText(body.video)) {
      context.addIssue({ code: 'custom', path: ['video'], message: 'give image or video, not both' });
    }
  });

type Body = z.infer<typeof schema>;

/** Frame rate of the model's training clips; the dialect has no field for it. */
const FPS = 16;

/** Cosmos-Predict2.5: text, image or video to video (CONTRACT: predict2.5). */
export const predict25 = defineFamily<Body>({
  family: 'predict2.5',
  title: 'Cosmos-Predict2.5',
  schema,
  refusal: 'invalid_request',
  plan: (body, { drawSeed }) => {
    const image = presentText(body.image);
    const video = presentText(body.video);
    return {
      family: 'predict2.5',
      mode: image ? 'image2video' : video ? 'video2video' : 'text2video',
      ...shapeOfKey(body.resolution),
      prompt: body.prompt,
      negativePrompt: body.negative_prompt,
      seed: body.seed ?? drawSeed(),
      steps: body.steps,
      guidance: body.guidance_scale,
      frames: body.num_output_frames,
      fps: FPS,
      windowFrames: WINDOW,
      ...(image && { image: parseMedia(image, 'image', 'image') }),
      ...(video && { video: parseMedia(video, 'video', 'video') }),
      warnings: [],
    };
  },
  reply: ({ seed }) => ({ media: 'b64_video', fields: { seed } }),
  examples: [
    {
      summary: 'Text to video',
      body: { prompt: 'A forklift lifts a crate in a warehouse.', resolution: '480_16_9', seed: 7 },
    },
  ],
});
