import { FarmError, type FrameGuardSpec, type Size } from '@worldfarm/core';
import { decodeVideo, frameBytes } from '@worldfarm/media';
import { type Engine, EngineFault, type RenderedFile, type RenderedFrames } from './engine.ts';

/** What scores frames: a profile's classifier. */
export interface Scorer {
  score(frame: Uint8Array, size: Size): Promise<number>;
  close(): Promise<void>;
}

/** Longer clips than any dialect renders. */
const MOST_FRAMES = 10_000;

/**
 * An engine whose pictures are looked at on their way out. A frame over the threshold ends the render with
 * `guardrail_blocked` before anything is published.
 */
export function guardEngine(engine: Engine, scorer: Scorer, spec: FrameGuardSpec): Engine {
  const guard = orFault(scorer);
  return {
    profile: engine.profile,
    version: engine.version,
    async render(plan, inputs, hooks) {
      const rendered = await engine.render(plan, inputs, hooks);
      if (rendered.kind === 'frames') return { ...rendered, frames: watched(rendered, guard, spec) };
      await lookAtFile(rendered, guard, spec, hooks.signal);
      return rendered;
    },
    async close() {
      await engine.close();
      await guard.close();
    },
  };
}

/** Hands frames on while some of them are scored; the end waits for the last score. */
async function* watched(
  { frames, size }: RenderedFrames,
  guard: Scorer,
  { every, threshold }: FrameGuardSpec,
): AsyncGenerator<Uint8Array> {
  const bytes = frameBytes(size);
  let scoring: Promise<number> = Promise.resolve(0);
  let newest: Uint8Array = new Uint8Array();
  let carry: Uint8Array = new Uint8Array();
  let count = 0;
  for await (const chunk of frames) {
    carry = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
    for (; carry.length >= bytes; carry = carry.subarray(bytes)) {
      newest = carry.subarray(0, bytes);
      if (count++ % every === 0) {
        refuseOver(threshold, await scoring);
        scoring = guard.score(newest, size);
        scoring.catch(() => {});
      }
    }
    yield chunk;
  }
  refuseOver(threshold, await scoring);
  if (newest.length > 0) refuseOver(threshold, await guard.score(newest, size));
}

/** A file that a server beside us rendered is opened again. */
async function lookAtFile(
  { path, claimed }: RenderedFile,
  guard: Scorer,
  { every, threshold, width, height }: FrameGuardSpec,
  signal: AbortSignal,
): Promise<void> {
  // The null engine's file is no video.
  if (claimed) return;
  const size = { width, height };
  let count = 0;
  for await (const frame of decodeVideo(path, { ...size, maxFrames: MOST_FRAMES, signal })) {
    if (count++ % every === 0) refuseOver(threshold, await guard.score(frame, size));
  }
}

function refuseOver(threshold: number, score: number): void {
  if (score < threshold) return;
  throw new FarmError('guardrail_blocked', 'the video was blocked: it shows what must not be shown here');
}

/** A classifier that fails is opened anew with its engine; until then nothing passes. */
function orFault(scorer: Scorer): Scorer {
  return {
    ...scorer,
    score: (frame, size) =>
      scorer.score(frame, size).catch((error: unknown) => {
        throw new EngineFault('device_fault', 'the frame guard failed', { cause: error });
      }),
  };
}
