import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRecord } from '@worldfarm/core';
import { createMetrics } from '@worldfarm/service';
import { aJob } from '@worldfarm/test-support';
import { laneClock, openSignals } from './signals.ts';

const record = {
  spec: aJob(),
  queuedAt: 1_000,
  startedAt: 3_500,
  failures: [],
} as unknown as JobRecord;

describe('what a worker tells of itself', () => {
  it('are the numbers of its jobs, by profile and tier', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const signals = openSignals(metrics);
    signals.ready();
    signals.begin(record);
    for (const part of ['inputs', 'render', 'encode', 'upload'] as const) signals.part(record, part, 2);
    signals.step(record, 0.5);
    signals.resumed(record, 7);
    signals.checkpoint('saved');
    signals.attempt(record, 'fenced');
    const { text } = await metrics.scrape();
    const of = 'profile="null",tier="256"';
    for (const line of [
      `worldfarm_job_wait_seconds_sum{${of}} 2.5`,
      `worldfarm_job_inputs_seconds_sum{${of}} 2`,
      `worldfarm_job_render_seconds_sum{${of}} 2`,
      `worldfarm_job_encode_seconds_sum{${of}} 2`,
      `worldfarm_job_upload_seconds_sum{${of}} 2`,
      `worldfarm_step_seconds_sum{${of}} 0.5`,
      `worldfarm_resumes_total{${of}} 1`,
      `worldfarm_resumed_steps_total{${of}} 7`,
      `worldfarm_attempts_total{${of},outcome="fenced"} 1`,
      `worldfarm_fenced_publishes_total{${of}} 1`,
      'worldfarm_checkpoints_total{outcome="saved"} 1',
      'worldfarm_lane_busy_ratio 0',
    ]) {
      assert.ok(text.includes(line), line);
    }
  });

  it('is how much of the time its lane was busy', () => {
    let now = 100;
    const clock = laneClock(() => now);
    clock.start();
    now = 110;
    clock.turn(true);
    now = 140;
    assert.equal(clock.turn(false), 30);
    assert.equal(clock.ratio(), 0.75);
    now = 160;
    clock.turn(true);
    now = 200;
    assert.equal(clock.ratio(), 0.7);
  });
});
