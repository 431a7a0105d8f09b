import type { Pipeline } from '../pipelines/pipeline.ts';
import type { RenderPlan } from '../request.ts';
import { concat, slice } from '../tensor/slice.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { ParityCase } from './case.ts';

/** Largest absolute differences to a recorded call. */
export interface Differences {
  /** After each step. */
  readonly steps: readonly number[];
  readonly latents: number;
  /** In decoded frames, 0..1, where they are recorded. */
  readonly frames?: number;
}

/** The largest absolute difference; infinite when sizes differ or a value is not a number. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (difference > largest) largest = difference;
  }
  return largest;
}

/** `[1, 3, F, H, W]` in -1..1 as the reference records it, `[F, 3, H, W]` in 0..1. */
function recordedForm(video: Tensor): Float32Array {
  const [, , frames, height, width] = video.dims as [number, number, number, number, number];
  const plane = height * width;
  const out = new Float32Array(video.data.length);
  for (let f = 0; f < frames; f++)
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < plane; i++)
        out[(f * 3 + c) * plane + i] = Math.min(
          1,
          Math.max(0, video.data[(c * frames + f) * plane + i]! / 2 + 0.5),
        );
  return out;
}

/** Renders the recorded call with its own noise, window after window, and compares. */
export async function compareCase(
  pipeline: Pipeline,
  plan: RenderPlan,
  recorded: ParityCase,
): Promise<Differences> {
  const render = await pipeline.begin(recorded.request, plan, recorded.noise);
  const wantedSteps = await recorded.output('steps');
  const steps: number[] = [];
  const parts: Tensor[] = [];
  const finished: number[] = [];
  let tail: Tensor | undefined;
  for (const [index, window] of plan.windows.entries()) {
    const denoiser = await render.window(index, tail);
    for (let i = 0; i < denoiser.steps; i++) {
      await denoiser.step(i);
      const row = index * denoiser.steps + i;
      const { data } = denoiser.save().latents!;
      if (wantedSteps) {
        steps.push(
          largestDifference(data, wantedSteps.data.subarray(row * data.length, (row + 1) * data.length)),
        );
      }
    }
    const latents = denoiser.result();
    finished.push(...latents.data);
    const decoded: Tensor[] = [];
    for await (const stretch of render.decode(latents)) decoded.push(stretch);
    const video = concat(decoded, 2);
    const length = video.dims[2]!;
    const keep = plan.windows[index + 1]?.overlap ?? 0;
    tail = keep > 0 ? slice(video, 2, length - keep, length) : undefined;
    parts.push(slice(video, 2, window.overlap, length));
  }
  const frames = slice(concat(parts, 2), 2, 0, plan.frames);
  const wantedFrames = await recorded.output('frames');
  return {
    steps,
    latents: largestDifference(finished, (await recorded.output('latents'))!.data),
    ...(wantedFrames && { frames: largestDifference(recordedForm(frames), wantedFrames.data) }),
  };
}
