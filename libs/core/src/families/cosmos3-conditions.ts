import type { z } from 'zod';
import type { MediaKind } from '../media.ts';
import { MAX_FRAMES, parseResolution } from '../tiers.ts';
import { needsClip, type Transfer } from './cosmos3-transfer.ts';
import { presentText } from './fields.ts';

/** The fields that depend on one another. */
interface Related {
  model_mode: string;
  prompt?: string;
  input_reference?: string;
  resolution: string;
  num_frames?: number;
  condition_frame_indexes_vision?: number[];
  condition_video_keep?: string;
  transfer?: Transfer;
}

const INPUTS: Readonly<Record<string, MediaKind>> = {
  image2video: 'image',
  video2video: 'video',
  forward_dynamics: 'image',
  policy: 'image',
  inverse_dynamics: 'video',
};

/** What `input_reference` has to be in a mode; undefined where the mode takes none. */
export function fittingInput(mode: string): MediaKind | undefined {
  return INPUTS[mode];
}

/** The rules of the dialect that hold between fields (CONTRACT: cosmos3). */
export function cosmos3Conditions(body: Related, context: z.RefinementCtx): void {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  const reference = presentText(body.input_reference);
  const kind = fittingInput(body.model_mode);

  if (reference && !kind) refuse('input_reference', `not taken by ${body.model_mode}`);
  if (!reference && kind && !(body.transfer && !needsClip(body.transfer))) {
    refuse(
      'input_reference',
      `${kind === 'image' ? 'an image' : 'a video'} is required by ${body.model_mode}`,
    );
  }
  if (!kind && !presentText(body.prompt)) refuse('prompt', `required by ${body.model_mode}`);

  const tier = parseResolution(body.resolution)?.tier;
  if (tier && body.num_frames !== undefined && body.num_frames > MAX_FRAMES[tier]) {
    refuse('num_frames', `at most ${MAX_FRAMES[tier]} at tier ${tier}`);
  }
  if (body.model_mode === 'text2image' && body.num_frames !== undefined) {
    refuse('num_frames', 'not taken by text2image');
  }

  for (const field of ['condition_frame_indexes_vision', 'condition_video_keep', 'transfer'] as const) {
    if (body[field] !== undefined && body.model_mode !== 'video2video') {
      refuse(field, 'taken by video2video only');
    }
  }
  for (const field of ['condition_frame_indexes_vision', 'condition_video_keep'] as const) {
    if (body.transfer && body[field] !== undefined) refuse(field, 'cannot go with transfer');
  }
}
