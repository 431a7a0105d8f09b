import { z } from 'zod';
import { parseMedia } from '../media.ts';
import { MAX_FRAMES, parseResolution, RESOLUTION_KEYS } from '../tiers.ts';
import { cosmos3Conditions, fittingInput } from './cosmos3-conditions.ts';
import { transferControls, transferSchema } from './cosmos3-transfer.ts';
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

const MODEL_MODES = [
  'text2image',
  'text2video',
  'image2video',
  'video2video',
  'forward_dynamics',
  'inverse_dynamics',
  'policy',
] as const;

const schema = z
  .strictObject({
    model_mode: oneOf(MODEL_MODES),
    prompt: prompt.optional(),
    negative_prompt: negativePrompt.optional(),
    input_reference: mediaText('An image for image2video, a clip for video2video').optional(),
    seed: seedFromZero.optional(),
    guidance_scale: numberBetween(1, 7).optional(),
    num_inference_steps: intBetween(1, 100).optional(),
    flow_shift: z.number().default(10),
    resolution: oneOf(RESOLUTION_KEYS).default('720'),
    num_frames: intBetween(25, MAX_FRAMES['256']).optional(),
    fps: numberBetween(1, 60).optional(),
    condition_frame_indexes_vision: z.array(intBetween(0, 1000)).min(1).max(100).optional(),
    condition_video_keep: oneOf(['first', 'last']).optional(),
    transfer: transferSchema.optional(),
  })
  .superRefine(cosmos3Conditions);

type Body = z.infer<typeof schema>;

/** What a body that says nothing gets, with and without a `transfer` object. */
const PLAIN = { frames: 189, fps: 24, guidance: 6, steps: 35 };
const TRANSFER = { frames: 121, fps: 30, guidance: 3, steps: 50 };

/** Cosmos3 2.x: `model_mode` names what is made (CONTRACT: cosmos3). */
export const cosmos3 = defineFamily<Body>({
  family: 'cosmos3',
  title: 'Cosmos3',
  schema,
  refusal: 'unprocessable_request',
  renamed: {
    steps: 'num_inference_steps',
    num_output_frames: 'num_frames',
    image: 'input_reference',
    video: 'input_reference',
    shift: 'flow_shift',
  },
  plan: (body, { drawSeed }) => {
    const shape = parseResolution(body.resolution)!;
    const defaults = body.transfer ? TRANSFER : PLAIN;
    const still = body.model_mode === 'text2image';
    const reference = presentText(body.input_reference);
    const kind = fittingInput(body.model_mode);
    const media = reference && kind && parseMedia(reference, kind, 'input_reference');
    return {
      family: 'cosmos3',
      mode: body.transfer ? 'transfer' : body.model_mode,
      tier: shape.tier,
      width: shape.width,
      height: shape.height,
      prompt: body.prompt ?? '',
      negativePrompt: body.negative_prompt,
      seed: body.seed ?? drawSeed(),
      steps: body.num_inference_steps ?? defaults.steps,
      guidance: body.guidance_scale ?? defaults.guidance,
      // Any length is given; the engine renders the next 4k+1 and trims.
      frames: still ? 1 : (body.num_frames ?? Math.min(defaults.frames, MAX_FRAMES[shape.tier])),
      fps: body.fps ?? defaults.fps,
      flowShift: body.flow_shift,
      ...(media && { [kind]: media }),
      ...(body.model_mode === 'video2video' &&
        !body.transfer && {
          conditionIndexes: [...new Set(body.condition_frame_indexes_vision ?? [0, 1])].sort((a, b) => a - b),
          conditionKeep: body.condition_video_keep ?? 'first',
        }),
      ...(body.transfer && {
        controls: transferControls(body.transfer),
        controlGuidance: body.transfer.control_guidance,
        windowFrames: body.transfer.num_video_frames_per_chunk,
        conditionalFrames: body.transfer.num_conditional_frames,
      }),
      warnings: [],
    };
  },
  reply: ({ mode, seed }) =>
    mode === 'text2image'
      ? { media: 'b64_image', fields: { seed } }
      : { media: 'b64_video', fields: { action: null, seed } },
  examples: [
    {
      summary: 'Text to video',
      body: {
        model_mode: 'text2video',
        prompt: 'A red circle moves right on a blue background.',
        resolution: '256',
        num_frames: 25,
        num_inference_steps: 12,
        flow_shift: 10,
        seed: 1,
      },
    },
    {
      summary: 'Image to video',
      body: {
        model_mode: 'image2video',
        input_reference: 'https://example.com/first_frame.jpg',
        resolution: '480_16_9',
        num_frames: 121,
        flow_shift: 10,
      },
    },
  ],
});
