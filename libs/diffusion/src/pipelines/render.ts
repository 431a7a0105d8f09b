import { seededNoise } from '../noise/normal.ts';
import type { RenderPlan, RenderProgress, RenderRequest, RenderTimings } from '../request.ts';
import { toRgb } from '../tensor/rgb.ts';
import { concat, slice } from '../tensor/slice.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { Pipeline } from './pipeline.ts';

/** What a render needs of the thread it runs in. */
export interface RenderControl {
  /** Lets messages in, and throws when the render has been cancelled. */
  turn(): Promise<void>;
  progress(progress: RenderProgress): void;
  warn(warnings: readonly string[]): void;
  /** True when a checkpoint is wanted now. */
  checkpointDue(): boolean;
  checkpoint(bytes: Uint8Array<ArrayBuffer>): void;
  readonly resume?: Uint8Array;
  /** Names the request and the profile build; a checkpoint of another is not resumed. */
  readonly fingerprint: string;
}

export function emptyTimings(plan: RenderPlan): RenderTimings {
  const none = { text: 0, encode: 0, steps: 0, decode: 0, transformer: 0 };
  return { ...none, stepsPlanned: plan.steps, stepsComputed: 0, stepsResumed: 0 };
}

/** Frames that go out in one piece, so that a consumer never holds a whole long window. */
const PIECE = 8;

/** Shares of a window's progress: sampling, then decoding. */
const SAMPLING = 0.9;

/**
 * Renders a request: text once, then for each window conditions, the loop, and decoding. Yields exactly `plan.frames`
 * frames as RGB24, a few at a time. A resumed render decodes its finished windows again and yields all frames.
 */
export async function* renderFrames(
  pipeline: Pipeline,
  request: RenderRequest,
  plan: RenderPlan,
  timings: RenderTimings,
  control: RenderControl,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const began = performance.now();
  const report = (stage: RenderProgress['stage'], windowsDone: number, step?: number) =>
    control.progress({
      stage,
      value: stage === 'text' ? 0 : Math.min(1, windowsDone / plan.windows.length),
      seconds: (performance.now() - began) / 1000,
      ...(step !== undefined && { step, steps: plan.steps }),
    });
  async function timed<T>(part: 'text' | 'encode' | 'steps' | 'decode', work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      timings[part] += (performance.now() - start) / 1000;
    }
  }

  const saved = control.resume && decodeCheckpoint(control.resume, control.fingerprint);
  const finished: Tensor[] = [...(saved?.finished ?? [])];
  report('text', 0);
  await control.turn();
  const render = await timed('text', () => pipeline.begin(request, plan, seededNoise(request.seed)));
  control.warn(render.warnings);

  async function sample(index: number, before: Tensor | undefined): Promise<Tensor> {
    const denoiser = await timed('encode', () => render.window(index, before));
    const stepsBefore = (plan.steps / plan.windows.length) * index;
    let first = 0;
    if (saved && saved.finished.length === index) {
      denoiser.restore(saved.current);
      first = saved.step;
      timings.stepsResumed += first;
    }
    for (let i = first; i < denoiser.steps; i++) {
      await control.turn();
      const transformer = pipeline.transformerSeconds();
      if (await timed('steps', () => denoiser.step(i))) timings.stepsComputed += 1;
      timings.transformer += pipeline.transformerSeconds() - transformer;
      report('steps', index + (SAMPLING * (i + 1)) / denoiser.steps, stepsBefore + i + 1);
      if (control.checkpointDue()) {
        const checkpoint = { finished, step: i + 1, current: denoiser.save() };
        control.checkpoint(encodeCheckpoint(checkpoint, control.fingerprint));
      }
    }
    return denoiser.result();
  }

  let tail: Tensor | undefined;
  let emitted = 0;
  for (const [index, window] of plan.windows.entries()) {
    if (index < finished.length) timings.stepsResumed += plan.steps / plan.windows.length;
    else finished.push(await sample(index, tail));
    const keep = plan.windows[index + 1]?.overlap ?? 0;
    let skip = window.overlap;
    let decoded = 0;
    const stretches = render.decode(finished[index]!)[Symbol.asyncIterator]();
    while (true) {
      await control.turn();
      const { value: video, done } = await timed('decode', () => stretches.next());
      if (done) break;
      const frames = video.dims[2]!;
      decoded += frames;
      report('decode', index + SAMPLING + ((1 - SAMPLING) * decoded) / window.frames, undefined);
      tail =
        keep > 0 ? lastFrames(tail && decoded > frames ? concat([tail, video], 2) : video, keep) : undefined;
      const from = Math.min(skip, frames);
      skip -= from;
      const to = Math.min(frames, from + plan.frames - emitted);
      for (let at = from; at < to; at += PIECE) yield toRgb(video, at, Math.min(at + PIECE, to));
      emitted += to - from;
      if (emitted === plan.frames) break;
    }
  }
}

function lastFrames(video: Tensor, keep: number): Tensor {
  const frames = video.dims[2]!;
  return frames <= keep ? video : slice(video, 2, frames - keep, frames);
}
