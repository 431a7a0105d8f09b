import { z } from 'zod';
import { type MediaSource, parseMedia } from '../media.ts';
import { type Control, controlSchema } from '../modes.ts';
import type { ControlPlan } from '../plan.ts';
import { normaliseWeights } from './control-weights.ts';
import { intBetween, mediaText, numberBetween, oneOf } from './fields.ts';

const STRENGTHS = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;
type Strength = (typeof STRENGTHS)[number];

const map = mediaText('The control map').refine((text) => text.trim() !== '', 'give media, or leave it out');
const weight = { control_weight: numberBetween(0, 1).optional() };
const given = z.strictObject({ video: map, ...weight });

const CONTROLS = controlSchema.options;

/** The `transfer` object of the cosmos3 dialect: `true` makes a map from the clip, an object says more. */
export const transferSchema = z
  .strictObject({
    edge: z
      .union([
        z.literal(true),
        z.strictObject({
          video: map.optional(),
          preset_edge_threshold: oneOf(STRENGTHS).optional(),
          ...weight,
        }),
      ])
      .optional(),
    blur: z
      .union([
        z.literal(true),
        z.strictObject({
          video: map.optional(),
          preset_blur_strength: oneOf(STRENGTHS).optional(),
          ...weight,
        }),
      ])
      .optional(),
    depth: given.optional(),
    seg: given.optional(),
    wsm: given.optional(),
    control_guidance: numberBetween(0, 10).default(1.5),
    num_video_frames_per_chunk: intBetween(1, 481).default(93),
    num_conditional_frames: intBetween(0, 480).default(1),
  })
  .superRefine((body, context) => {
    if (CONTROLS.every((name) => body[name] === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['edge'],
        message: `give at least one of ${CONTROLS.join(', ')}`,
      });
    }
    if (body.num_conditional_frames >= body.num_video_frames_per_chunk) {
      context.addIssue({
        code: 'custom',
        path: ['num_conditional_frames'],
        message: 'must be below num_video_frames_per_chunk',
      });
    }
    for (const name of CONTROLS) {
      const control = optionsOf(body[name]);
      if (control.video && (control.preset_edge_threshold || control.preset_blur_strength)) {
        context.addIssue({
          code: 'custom',
          path: [name, name === 'edge' ? 'preset_edge_threshold' : 'preset_blur_strength'],
          message: 'a preset shapes a map that we make; it cannot go with video',
        });
      }
    }
  });

export type Transfer = z.infer<typeof transferSchema>;

interface ControlOptions {
  video?: string;
  control_weight?: number;
  preset_edge_threshold?: Strength;
  preset_blur_strength?: Strength;
}

function optionsOf(value: true | ControlOptions | undefined): ControlOptions {
  return typeof value === 'object' ? value : {};
}

/** True when some map has to be made from the input clip. */
export function needsClip(transfer: Transfer): boolean {
  return CONTROLS.some((name) => transfer[name] !== undefined && !optionsOf(transfer[name]).video);
}

/** The controls as the farm names them; weights that were not given count as 1 before they are normalised. */
export function transferControls(transfer: Transfer): ControlPlan<MediaSource>[] {
  return normaliseWeights(
    CONTROLS.filter((name) => transfer[name] !== undefined).map((name) =>
      controlPlan(name, optionsOf(transfer[name])),
    ),
  );
}

function controlPlan(control: Control, options: ControlOptions): ControlPlan<MediaSource> {
  const preset = options.preset_edge_threshold ?? options.preset_blur_strength;
  return {
    control,
    weight: options.control_weight ?? 1,
    ...(options.video && { media: parseMedia(options.video, 'video', `transfer.${control}.video`) }),
    ...(preset && { preset }),
  };
}
