import { z } from 'zod';
import { parseMedia } from '../media.ts';
import type { Control } from '../modes.ts';
import type { ControlPlan, RenderPlan } from '../plan.ts';
import type { MediaSource } from '../media.ts';
import { type ClipInfo, defineFamily } from './family.ts';
import {
  intBetween,
  mediaText,
  negativePrompt,
  numberBetween,
  oneOf,
  requiredPrompt,
  seed32,
} from './fields.ts';
import { normaliseWeights } from './control-weights.ts';
import { CLASSES_25, type Class25, nearestShape, shapeOfKey } from './shapes.ts';

const WINDOW = 93;

const present = (what: string) =>
  mediaText(what).refine((text) => text.trim() !== '', 'give media, or leave the field out');

const control = {
  control_weight: numberBetween(0, 1).default(1),
  control: present('The control map; made from the video when absent').optional(),
  mask: present('Where the control counts').optional(),
};
const plainControl = z.strictObject(control);
const segControl = z.strictObject({ ...control, control_prompt: z.string().max(2000).optional() });

/** What each control is called here, and in the farm. `vis` is the blurred picture. */
const CONTROLS = { edge: 'edge', depth: 'depth', vis: 'blur', seg: 'seg' } as const satisfies Record<
  string,
  Control
>;
type ControlName = keyof typeof CONTROLS;
const CONTROL_NAMES = Object.keys(CONTROLS) as ControlName[];

const schema = z
  .strictObject({
    prompt: requiredPrompt,
    negative_prompt: negativePrompt.optional(),
    video: present('The clip to transform'),
    edge: plainControl.optional(),
    depth: plainControl.optional(),
    vis: plainControl.optional(),
    seg: segControl.optional(),
    resolution: oneOf(CLASSES_25).default('720'),
    guidance: numberBetween(0, 7).default(3),
    num_steps: intBetween(1, 100).default(35),
    num_conditional_frames: intBetween(1, 2).default(1),
    sigma_max: z.number().positive('must be above 0').default(80),
    seed: seed32.optional(),
  })
  .superRefine((body, context) => {
    const given = CONTROL_NAMES.filter((name) => body[name]);
    if (given.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['edge'],
        message: `give at least one of ${CONTROL_NAMES.join(', ')}`,
      });
    } else if (given.every((name) => body[name]?.control_weight === 0)) {
      context.addIssue({
        code: 'custom',
        path: [given[0]!, 'control_weight'],
        message: 'at least one control needs a weight above 0',
      });
    }
  });

type Body = z.infer<typeof schema>;

/** Cosmos-Transfer2.5: re-renders a clip under control maps (CONTRACT: transfer2.5). */
export const transfer25 = defineFamily<Body>({
  family: 'transfer2.5',
  title: 'Cosmos-Transfer2.5',
  schema,
  refusal: 'invalid_request',
  plan: (body, { drawSeed }) => ({
    family: 'transfer2.5',
    mode: 'transfer',
    ...shapeOfKey(body.resolution),
    prompt: body.prompt,
    negativePrompt: body.negative_prompt,
    seed: body.seed ?? drawSeed(),
    steps: body.num_steps,
    guidance: body.guidance,
    // Length and rate are the clip's own, known once it was looked at: `follow` puts them in.
    frames: WINDOW,
    fps: 24,
    video: parseMedia(body.video, 'video', 'video'),
    controls: controlsOf(body),
    conditionalFrames: body.num_conditional_frames,
    windowFrames: WINDOW,
    sigmaMax: body.sigma_max,
    warnings: [],
  }),
  follow: followClip,
  reply: ({ seed }) => ({ media: 'b64_video', fields: { seed } }),
  examples: [
    {
      summary: 'New cloth, same motion',
      body: {
        prompt: 'Two robotic arms fold a blue cloth on a yellow cushion.',
        video: 'https://example.com/robot_input.mp4',
        resolution: '480',
        edge: { control_weight: 1, control: 'https://example.com/robot_edge.mp4' },
      },
    },
  ],
});

function controlsOf(body: Body): ControlPlan<MediaSource>[] {
  const plans = CONTROL_NAMES.flatMap((name) => {
    const given = body[name];
    if (!given) return [];
    const words = name === 'seg' ? body.seg?.control_prompt : undefined;
    return [
      {
        control: CONTROLS[name],
        weight: given.control_weight,
        ...(given.control && { media: parseMedia(given.control, 'video', `${name}.control`) }),
        ...(given.mask && { mask: parseMedia(given.mask, 'video', `${name}.mask`) }),
        ...(words && { prompt: words }),
      },
    ];
  });
  return normaliseWeights(plans);
}

/** The output has the clip's length, rate and aspect, at the class that was asked for. */
function followClip(plan: RenderPlan, clip: ClipInfo) {
  const asked = plan.width === 640 ? '512' : plan.tier;
  return { ...nearestShape(asked as Class25, clip), frames: clip.frames, fps: clip.fps };
}
