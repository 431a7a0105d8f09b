import type { JobRecord } from '@worldfarm/core';
import { type Metrics, NO_TRACING, RENDER_BUCKETS } from '@worldfarm/service';
import { type JobTraces, openJobTraces, waitingSince } from './traces.ts';

/** How an attempt ended. */
export type Outcome = 'succeeded' | 'failed' | 'retried' | 'handed_back' | 'left' | 'fenced';
/** The parts of a job that are timed. */
export type Part = 'wait' | 'inputs' | 'render' | 'encode' | 'upload';

/** The numbers and spans that a worker tells of itself. */
export interface WorkerSignals {
  /** an attempt begins; what its log lines should name */
  begin(record: JobRecord): Readonly<Record<string, string>>;
  part(record: JobRecord, part: Part, seconds: number): void;
  step(record: JobRecord, seconds: number): void;
  attempt(record: JobRecord, outcome: Outcome, error?: unknown): void;
  resumed(record: JobRecord, steps: number): void;
  checkpoint(outcome: 'saved' | 'failed'): void;
  /** the lane renders from now on, or no longer */
  lane(busy: boolean): void;
  /** the worker is ready: from here on a lane that does not render is idle */
  ready(): void;
}

const STEP_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];
const PARTS: Record<Part, { help: string; buckets: readonly number[] }> = {
  wait: { help: 'Seconds from being queued to the start of an attempt', buckets: WAIT_BUCKETS },
  inputs: { help: 'Seconds to fetch the inputs of a job', buckets: RENDER_BUCKETS },
  render: { help: 'Seconds in the engine, to the last frame', buckets: RENDER_BUCKETS },
  encode: { help: 'Seconds from the last frame to the finished file', buckets: RENDER_BUCKETS },
  upload: { help: 'Seconds to upload the outputs', buckets: RENDER_BUCKETS },
};

export function openSignals(
  metrics: Metrics,
  traces: JobTraces = openJobTraces(NO_TRACING, ''),
): WorkerSignals {
  const labels = ['profile', 'tier'] as const;
  const labelsOf = ({ spec }: JobRecord) => ({ profile: spec.profile, tier: spec.tier });
  const histograms = Object.fromEntries(
    Object.entries(PARTS).map(([part, { help, buckets }]) => [
      part,
      metrics.histogram(`worldfarm_job_${part}_seconds`, help, labels, buckets),
    ]),
  );
  const steps = metrics.histogram(
    'worldfarm_step_seconds',
    'Seconds of one sampling step',
    labels,
    STEP_BUCKETS,
  );
  const attempts = metrics.counter('worldfarm_attempts_total', 'Attempts by how they ended', [
    ...labels,
    'outcome',
  ]);
  const resumes = metrics.counter('worldfarm_resumes_total', 'Renders that began at a checkpoint', labels);
  const resumedSteps = metrics.counter(
    'worldfarm_resumed_steps_total',
    'Steps that checkpoints saved',
    labels,
  );
  const fenced = metrics.counter(
    'worldfarm_fenced_publishes_total',
    'Results refused by a newer fence',
    labels,
  );
  const checkpoints = metrics.counter('worldfarm_checkpoints_total', 'Checkpoints by outcome', ['outcome']);
  const busySeconds = metrics.counter(
    'worldfarm_lane_busy_seconds_total',
    'Seconds in which the lane rendered',
  );
  const clock = laneClock();
  metrics.gauge(
    'worldfarm_lane_busy_ratio',
    'Share of the time since the models were loaded in which the lane rendered',
    [],
    (gauge) => gauge.set(clock.ratio()),
  );
  const part = (record: JobRecord, name: Part, seconds: number) => {
    histograms[name]!.observe(labelsOf(record), seconds);
    traces.part(record, name, seconds);
  };
  return {
    part,
    begin(record) {
      const since = waitingSince(record);
      const { startedAt = Date.now() } = record;
      if (since !== undefined) part(record, 'wait', Math.max(0, startedAt - since) / 1000);
      traces.begin(record);
      return traces.fields(record);
    },
    step: (record, seconds) => steps.observe(labelsOf(record), seconds),
    attempt(record, outcome, error) {
      traces.end(record, outcome, error);
      attempts.inc({ ...labelsOf(record), outcome });
      if (outcome === 'fenced') fenced.inc(labelsOf(record));
    },
    resumed(record, count) {
      resumes.inc(labelsOf(record));
      resumedSteps.inc(labelsOf(record), count);
    },
    checkpoint: (outcome) => checkpoints.inc({ outcome }),
    lane: (busy) => busySeconds.inc(clock.turn(busy)),
    ready: clock.start,
  };
}

/** Measures how much of the time since its start a lane was busy. */
export function laneClock(now: () => number = () => performance.now() / 1000) {
  let began = now();
  let total = 0;
  let since: number | undefined;
  return {
    start() {
      began = now();
      total = 0;
    },
    /** Returns the seconds of the busy stretch that ends with this turn. */
    turn(busy: boolean): number {
      const stretch = since === undefined ? 0 : now() - since;
      total += stretch;
      since = busy ? now() : undefined;
      return stretch;
    },
    ratio(): number {
      const wall = now() - began;
      const running = since === undefined ? 0 : now() - since;
      return wall > 0 ? Math.min(1, (total + running) / wall) : 0;
    },
  };
}
