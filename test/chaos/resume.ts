import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobRecord } from '@worldfarm/core';
import { openFarm } from '@worldfarm/queue';
import { aJob, startRedis, until } from '@worldfarm/test-support';
import { chance } from './chance.ts';
import { supervise } from './processes.ts';

export interface Kill {
  /** SIGTERM lets it save what it has and hand the job back */
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** the last step that was seen before the signal */
  readonly step: number;
  /** where the next attempt went on; the step itself where the first one could finish after all */
  readonly resumedAt: number;
  /** from the moment that step was seen to the kill */
  readonly lostSeconds: number;
  /** attempts that were counted */
  readonly attempts: number;
  readonly same: boolean;
}

export interface ResumeReport {
  readonly sha256: string;
  readonly steps: number;
  readonly kills: readonly Kill[];
}

const PREFIX = '{resume}';
const PROFILES = fileURLToPath(new URL('../../profiles', import.meta.url));
const START_MS = 600_000;
export const CHECKPOINT_SECONDS = 1;
/** A render is made this long, on whatever machine, so that most kills come after a checkpoint. */
const RENDER_SECONDS = 6 * CHECKPOINT_SECONDS;
const MEASURED_STEPS = 60;

/** Ends the worker at a random step of a real render, again and again, and compares the videos. */
export async function runResume(options: {
  kills: number;
  seed: number;
  say: (line: string) => void;
}): Promise<ResumeReport> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-resume-'));
  const redis = await startRedis();
  const farm = openFarm({ url: redis.url, prefix: PREFIX, patience: 'wait' });
  const worker = supervise({
    name: 'worker',
    program: 'apps/worker/src/main.ts',
    ready: /: ready/,
    log: join(folder, 'worker.log'),
    environment: {
      REDIS_URL: redis.url,
      WORLDFARM_REDIS_PREFIX: PREFIX,
      WORLDFARM_STORE: join(folder, 'store'),
      WORLDFARM_PROFILES: PROFILES,
      WORLDFARM_WORKER_PROFILES: 'kernel-world',
      // One that comes back under its name takes its job back at once.
      WORLDFARM_WORKER_ID: 'resumer',
      WORLDFARM_CHECKPOINT_SECONDS: `${CHECKPOINT_SECONDS}`,
      WORLDFARM_SCRATCH: folder,
      WORLDFARM_CACHE: join(folder, 'cache'),
      // Nearly no render fits: each is handed back.
      WORLDFARM_GRACE_SECONDS: '1',
      NIM_LOG_LEVEL: 'info',
    },
  });
  const dice = chance(options.seed);
  const submit = async (steps: number) => {
    const base = aJob({ profile: 'kernel-world' });
    const prompt = 'a red circle moves right on a blue background';
    const { record } = await farm.jobs.submit({ ...base, plan: { ...base.plan, prompt, steps, seed: 4 } });
    return record.spec.id;
  };
  const finished = (id: string) => farm.events.finished(id, AbortSignal.timeout(START_MS));
  try {
    await until('the worker to be ready', worker.isUp, START_MS);
    const { metrics } = await finished(await submit(MEASURED_STEPS));
    const stepSeconds = metrics.render_seconds! / MEASURED_STEPS;
    const steps = Math.max(MEASURED_STEPS, Math.round(RENDER_SECONDS / stepSeconds));
    const sha256 = digestOf(await finished(await submit(steps)));
    options.say(`undisturbed, ${steps} steps: ${sha256}`);
    const kills: Kill[] = [];
    while (kills.length < options.kills) {
      const id = await submit(steps);
      const target = 2 + Math.floor(dice.next() * (steps - 4));
      const seen = await renderTo(id, target);
      const killedAt = performance.now();
      // Every third is preempted rather than killed.
      const signal = kills.length % 3 === 2 ? 'SIGTERM' : 'SIGKILL';
      await worker.kill(signal);
      const record = await finished(id);
      const step = seen.at(-1)!.step;
      const resumedAt = record.fence === 1 ? step : (record.metrics.engine_stepsResumed ?? 0);
      // A checkpoint on the way out is of a later step than was seen.
      const from = seen.find((each) => each.step >= resumedAt)?.at ?? killedAt;
      const lostSeconds = (killedAt - from) / 1000;
      const same = digestOf(record) === sha256;
      kills.push({ signal, step, resumedAt, lostSeconds, attempts: record.attempt, same });
      options.say(
        `${kills.length}: ${signal} at step ${step}, resumed at ${resumedAt}, ` +
          `${lostSeconds.toFixed(2)} s lost, ${same ? 'the same bytes' : 'OTHER BYTES'}`,
      );
    }
    return { sha256, steps, kills };
  } finally {
    await worker.stop();
    await farm.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  }

  /** Follows a render up to a step; when each step was first seen. */
  async function renderTo(id: string, target: number): Promise<{ step: number; at: number }[]> {
    const seen = [{ step: 0, at: performance.now() }];
    for await (const { progress } of farm.events.watch(id, AbortSignal.timeout(START_MS))) {
      const { step = 0 } = progress;
      if (step > seen.at(-1)!.step) seen.push({ step, at: performance.now() });
      if (step >= target) break;
    }
    return seen;
  }
}

function digestOf({ spec, output, error }: JobRecord): string {
  if (output?.video) return output.video.sha256;
  throw new Error(`job ${spec.id} has no video: ${error?.message}`);
}
