import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '@worldfarm/core';
import type { Claim } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';
import type { Engine, Rendered } from './engines/engine.ts';
import { saveCheckpoint, loadCheckpoint } from './stages/checkpoint.ts';
import { encodeOutput } from './stages/encode.ts';
import { RunningTimeout } from './stages/failures.ts';
import type { InputCache } from './stages/inputs.ts';
import { latest } from './stages/latest.ts';
import { provenanceOf } from './stages/provenance.ts';
import { outputPrefix, removeLeftovers, uploadOutput } from './stages/publish.ts';

export interface RunDeps {
  readonly store: ObjectStore;
  readonly inputs: InputCache;
  readonly scratch: string;
  readonly worker: { readonly id: string; readonly device: string };
  readonly checkpointSeconds: number;
}

/** A job whose render is over, or has failed; what is left happens beside the next render. */
export interface RunningJob {
  /** Resolves when the lane is free: the last frame left the engine. Never rejects. */
  readonly rendered: Promise<void>;
  /** Resolves when the outputs are published (false: the fence was stale) and rejects with what failed. */
  readonly published: Promise<boolean>;
}

/** Shares of the progress bar. */
const RENDER_FROM = 0.02;
const RENDER_TO = 0.95;

/** Takes one claimed job through its stages: inputs, render, encode, publish. */
export function runJob(claim: Claim, engine: Engine, deps: RunDeps, stop: AbortSignal): RunningJob {
  const free = Promise.withResolvers<void>();
  const published = run(claim, engine, deps, stop, free.resolve).finally(free.resolve);
  return { rendered: free.promise, published };
}

async function run(
  claim: Claim,
  engine: Engine,
  { store, inputs, scratch, worker, checkpointSeconds }: RunDeps,
  stop: AbortSignal,
  laneFree: () => void,
): Promise<boolean> {
  const { record } = claim;
  const { spec } = record;
  const limit = runningLimit(spec.timeoutSeconds);
  const signal = AbortSignal.any([claim.signal, stop, ...(limit ? [limit.signal] : [])]);
  const report = latest((progress: Progress) => claim.progress(progress).catch(() => {}));
  const clock = stopwatch();
  const folder = await mkdtemp(join(scratch, 'job-'));
  try {
    const local = await inputs.fetch(spec.plan, folder, signal);
    clock.lap('inputs_seconds');

    const rendered = await engine.render(spec.plan, local, {
      signal,
      onProgress: ({ stage, step, steps, value }) =>
        report({ stage, step, steps, value: RENDER_FROM + value * (RENDER_TO - RENDER_FROM) }),
      resume: await loadCheckpoint(store, record, signal),
      ...(checkpointSeconds > 0 && {
        checkpoint: {
          every: checkpointSeconds,
          save: (bytes) => saveCheckpoint(store, claim, bytes, signal),
        },
      }),
    });
    const files = await encodeOutput(
      whenExhausted(rendered, () => {
        clock.lap('render_seconds');
        laneFree();
      }),
      spec.plan,
      spec.output,
      folder,
      signal,
    );
    laneFree();
    clock.lap('encode_seconds');

    report({ stage: 'publish', value: 0.97 });
    const timings = Object.fromEntries(
      Object.entries(rendered.timings()).map(([name, value]) => [`engine_${name}`, value]),
    );
    const metrics = { ...clock.laps, ...timings };
    const provenance = provenanceOf(record, engine, worker, metrics, [
      ...spec.warnings,
      ...rendered.warnings,
    ]);
    const output = await uploadOutput(store, record, files, provenance, signal);
    clock.lap('upload_seconds');

    const queued = ((record.startedAt ?? spec.createdAt) - spec.createdAt) / 1000;
    const total = (Date.now() - spec.createdAt) / 1000;
    const published = await claim.succeed({
      output,
      metrics: { queued_seconds: queued, ...metrics, ...clock.laps, total_seconds: total },
      ...(rendered.kind === 'file' && { upsampledPrompt: rendered.upsampledPrompt }),
    });
    if (published) await removeLeftovers(store, record).catch(() => {});
    else await store.deletePrefix(outputPrefix(record));
    return published;
  } catch (error) {
    await store.deletePrefix(outputPrefix(record)).catch(() => {});
    throw signal.aborted ? signal.reason : error;
  } finally {
    limit?.clear();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Calls back when the last frame has been taken; a file is whole already. */
function whenExhausted(rendered: Rendered, done: () => void): Rendered {
  if (rendered.kind === 'file') {
    done();
    return rendered;
  }
  async function* frames(source: AsyncIterable<Uint8Array>) {
    yield* source;
    done();
  }
  return { ...rendered, frames: frames(rendered.frames) };
}

function runningLimit(seconds: number | undefined) {
  if (seconds === undefined) return undefined;
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new RunningTimeout(`the job ran longer than its limit of ${seconds} s`)),
    seconds * 1000,
  );
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** Seconds from lap to lap. */
function stopwatch() {
  let last = performance.now();
  const laps: Record<string, number> = {};
  return {
    laps,
    lap(name: string) {
      const now = performance.now();
      laps[name] = (now - last) / 1000;
      last = now;
    },
  };
}
