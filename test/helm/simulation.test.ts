import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { chartPolicy } from '@worldfarm/infra/sim/chart-policy.ts';
import { openClock } from '@worldfarm/infra/sim/clock.ts';
import { percentile } from '@worldfarm/infra/sim/report.ts';
import { type Simulation, simulate } from '@worldfarm/infra/sim/simulate.ts';
import { TRACES } from '@worldfarm/infra/sim/traces.ts';

const COLD = 300;
const RENDER = 200;

describe('the simulated clock', () => {
  it('lets things happen by time, and by turn where times are equal', async () => {
    const clock = openClock();
    const seen: string[] = [];
    for (const [time, name] of [
      [3, 'c'],
      [1, 'a'],
      [3, 'd'],
      [2, 'b'],
    ] as const) {
      clock.at(time, () => void seen.push(`${name}${clock.now()}`));
    }
    clock.at(2, () => assert.fail('forgotten'))();
    await clock.run(() => false);
    assert.deepEqual(seen, ['a1', 'b2', 'c3', 'd3']);
  });
});

describe('the simulation, small', () => {
  let redis: TestRedis;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  const play = async (trace: keyof typeof TRACES, scale: number, over: Partial<Simulation> = {}) =>
    simulate({
      redisUrl: redis.url,
      trace: TRACES[trace]({ render: RENDER, scale }),
      policy: await chartPolicy({ coldStart: COLD, render: RENDER, max: 16 }),
      coldStart: COLD,
      engine: 'onnx',
      notice: 25,
      deletionCost: false,
      ...over,
    });

  it('bursty, 5 minutes of cold start: at most 1.25 times the ideal GPU hours, and no work lost', async () => {
    const outcome = await play('bursty', 0.4);
    assert.equal(outcome.finished, 80);
    assert.ok(
      outcome.gpuSeconds / outcome.idealSeconds <= 1.25,
      `${outcome.gpuSeconds / outcome.idealSeconds}`,
    );
    assert.ok(outcome.gpuSeconds >= outcome.idealSeconds);
    assert.equal(outcome.lostSeconds, 0);
  });

  it('shows what a worker for each job would cost', async () => {
    const chart = await chartPolicy({ coldStart: COLD, render: RENDER, max: 16 });
    const outcome = await play('bursty', 0.2, { policy: { ...chart, jobsPerWorker: 1 } });
    assert.ok(outcome.gpuSeconds / outcome.idealSeconds > 1.5);
  });

  it('loses whole renders on spot nodes where the engine makes no checkpoints, and none where it does', async () => {
    const reclaimed = { ...TRACES.spot({ render: RENDER, scale: 0.2 }), reclaimsPerHour: 6 };
    const onnx = await play('spot', 0.2, { trace: reclaimed });
    const nim = await play('spot', 0.2, { trace: reclaimed, engine: 'nim' });
    assert.ok(onnx.reclaims > 0 && onnx.handedBack > 0);
    assert.equal(onnx.lostSeconds, 0);
    assert.ok(nim.lostSeconds > 0);
    assert.equal(onnx.finished, nim.finished);
  });

  it('lets people pass a batch: theirs is the real order of the queue', async () => {
    const outcome = await play('batch', 0.08);
    const people = percentile(outcome.waits.get('normal')!, 0.95);
    const batch = percentile(outcome.waits.get('low')!, 0.95);
    assert.ok(people < batch, `${people} ${batch}`);
  });
});
