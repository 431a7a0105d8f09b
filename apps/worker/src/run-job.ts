import { attemptPrefix, type JobMetrics, type JobOutput, type Progress } from '@worldfarm/core';
import type { Claim } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';
import { type Engine, EngineFault, type Rendered } from './engines/engine.ts';
import type { WorkerSignals } from './signals.ts';
import { loadCheckpoint, openCheckpointer } from './stages/checkpoint.ts';
import type { Drain } from './stages/drain.ts';
import { encodeOutput } from './stages/encode.ts';
import { bufferFrames } from './stages/frame-buffer.ts';
import type { InputCache } from './stages/inputs.ts';
import { latest } from './stages/latest.ts';
import { leaveInTime } from './stages/leave.ts';
import { obeying } from './stages/obeying.ts';
import { patiently } from './stages/patience.ts';
import { provenanceOf } from './stages/provenance.ts';
import { removeLeftovers, uploadOutput } from './stages/publish.ts';
import { makeFolder, removeFolder } from './stages/scratch.ts';
import { stopwatch } from './stages/stopwatch.ts';
import { openWatchdog } from './stages/watchdog.ts';

/** Bounds that jobs run within. */
export interface RunLimits {
  /** 0 turns checkpoints off */
  readonly checkpointSeconds: number;
  /** an attempt in which nothing moves for this long is given up */
  readonly noProgressSeconds: number;
  /** how long storage may be away before a job goes back into the queue */
  readonly dependencyWaitSeconds: number;
  /** frames that may wait for the encoder */
  readonly frameBufferBytes: number;
}

export interface RunDeps {
  readonly store: ObjectStore;
  readonly inputs: InputCache;
  readonly scratch: string;
  readonly worker: { readonly id: string; readonly device: string };
  readonly limits: RunLimits;
  readonly signals: WorkerSignals;
  readonly drain: Drain;
}

/** How an attempt ended. `engineGone`: the engine did not obey, or said that its device failed. */
export type Ending =
  | { readonly kind: 'published'; readonly output: JobOutput; readonly metrics: JobMetrics }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly engineGone: EngineFault | undefined };

export interface RunningJob {
  /** Resolves when the lane is free: true at the last frame, false when the attempt ended before. */
  readonly rendered: Promise<boolean>;
  /** Resolves when all is over. Never rejects. */
  readonly ended: Promise<Ending>;
}

/** Shares of the progress bar. */
const RENDER_FROM = 0.02;
const RENDER_TO = 0.95;

/** Takes one claimed job through its stages: inputs, render, encode, publish. */
export function runJob(claim: Claim, engine: Engine, deps: RunDeps): RunningJob {
  const rendered = Promise.withResolvers<boolean>();
  const ended = run(claim, engine, deps, () => rendered.resolve(true)).finally(() => rendered.resolve(false));
  return { rendered: rendered.promise, ended };
}

async function run(claim: Claim, engine: Engine, deps: RunDeps, laneFree: () => void): Promise<Ending> {
  const { record } = claim;
  const { spec } = record;
  const { store, inputs, limits, signals } = deps;
  const leaving = new AbortController();
  const watchdog = openWatchdog({
    runningSeconds: spec.timeoutSeconds,
    idleSeconds: limits.noProgressSeconds,
  });
  const signal = AbortSignal.any([claim.signal, watchdog.signal, leaving.signal]);
  const news = latest((progress: Progress) => claim.progress(progress).catch(() => {}));
  const report = (progress: Progress) => {
    watchdog.pat();
    news.tell(progress);
  };
  const patience = { signal, seconds: limits.dependencyWaitSeconds, onWait: watchdog.pat };
  const clock = stopwatch();
  const folder = makeFolder(deps.scratch);
  const checkpoints = openCheckpointer({
    store,
    claim,
    seconds: limits.checkpointSeconds,
    signal,
    onSaved: signals.checkpoint,
  });
  const pace = { began: 0, from: undefined as number | undefined, value: 0, step: 0, done: false };
  const paced = leaveInTime(deps.drain, {
    pace,
    checkpoints,
    leave: (reason) => leaving.abort(reason),
  });
  let stepEnd = 0;
  try {
    const local = await patiently(() => inputs.fetch(spec, folder, signal), patience);
    const resume = await patiently(() => loadCheckpoint(store, record, signal), patience);
    signals.part(record, 'inputs', clock.lap('inputs_seconds'));

    pace.began = performance.now();
    signals.lane(true);
    const rendered = await obeying(
      engine.render(spec.plan, local, {
        signal,
        onProgress: ({ stage, step, steps, value }) => {
          if (stage === 'steps') pace.from ??= value;
          pace.value = value;
          pace.step = step ?? pace.step;
          paced.look();
          if (stage === 'steps') {
            if (stepEnd > 0) signals.step(record, (performance.now() - stepEnd) / 1000);
            stepEnd = performance.now();
          }
          report({ stage, step, steps, value: RENDER_FROM + value * (RENDER_TO - RENDER_FROM) });
        },
        resume,
        checkpoint: checkpoints.hooks,
      }),
      signal,
    );
    const files = await encodeOutput(
      untilLastFrame(rendered, limits.frameBufferBytes, signal, watchdog.pat, () => {
        pace.done = true;
        signals.lane(false);
        signals.part(record, 'render', clock.lap('render_seconds'));
        laneFree();
      }),
      spec.plan,
      spec.output,
      folder,
      signal,
    );
    signals.part(record, 'encode', clock.lap('encode_seconds'));

    report({ stage: 'publish', value: 0.97 });
    const engineTimings = rendered.timings();
    if (engineTimings.stepsResumed) signals.resumed(record, engineTimings.stepsResumed);
    const timings = Object.fromEntries(
      Object.entries(engineTimings).map(([name, value]) => [`engine_${name}`, value]),
    );
    const parts = { ...clock.laps, ...timings };
    const warnings = [...spec.warnings, ...rendered.warnings];
    const provenance = provenanceOf(record, engine, deps.worker, parts, warnings);
    const output = await uploadOutput(store, record, files, provenance, patience);
    signals.part(record, 'upload', clock.lap('upload_seconds'));
    watchdog.stop();

    news.stop();
    await checkpoints.settled();
    const metrics = {
      queued_seconds: ((record.startedAt ?? spec.createdAt) - spec.createdAt) / 1000,
      ...parts,
      ...clock.laps,
      total_seconds: (Date.now() - spec.createdAt) / 1000,
    };
    const published = await claim.succeed({
      output,
      metrics,
      ...(rendered.kind === 'file' && { upsampledPrompt: rendered.upsampledPrompt }),
    });
    // What these leave when storage is away, the sweep of the reconciler's leader finds.
    if (!published) {
      await store.deletePrefix(attemptPrefix(record)).catch(() => {});
      return { kind: 'fenced' };
    }
    const alone = record.fence === 1 && !checkpoints.used();
    if (!alone) await removeLeftovers(store, record).catch(() => {});
    return { kind: 'published', output, metrics };
  } catch (error) {
    if (!pace.done) signals.lane(false);
    await store.deletePrefix(attemptPrefix(record)).catch(() => {});
    const engineGone = error instanceof EngineFault ? error : undefined;
    return { kind: 'failed', error: signal.aborted ? signal.reason : error, engineGone };
  } finally {
    news.stop();
    paced.stop();
    watchdog.stop();
    await inputs.release(spec.plan);
    await removeFolder(folder);
  }
}

/** Calls back when the engine has given its last frame; a file is whole already. */
function untilLastFrame(
  rendered: Rendered,
  maxBytes: number,
  signal: AbortSignal,
  onFrame: () => void,
  onLast: () => void,
): Rendered {
  if (rendered.kind === 'file') {
    onLast();
    return rendered;
  }
  async function* obedient(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const frames = source[Symbol.asyncIterator]();
    try {
      while (true) {
        const { value, done } = await obeying(frames.next(), signal);
        if (done) return;
        onFrame();
        yield value;
      }
    } finally {
      await frames.return?.();
    }
  }
  return { ...rendered, frames: bufferFrames(obedient(rendered.frames), maxBytes, onLast) };
}
