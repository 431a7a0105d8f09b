import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { largestDifference } from '../parity/compare.ts';
import { FIXTURES } from '../parity/fixtures.ts';
import { linear } from '../tensor/math.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { edmEuler, precondition } from './edm-euler.ts';
import { distilledSigmas, flowMatchEuler, karrasFlowSigmas } from './flow-match-euler.ts';
import { edmSettings, type SchedulerConfig, schedulerSchema, uniPcLevels } from './from-config.ts';
import { rectifiedFlow } from './rectified-flow.ts';
import type { Scheduler } from './scheduler.ts';
import { flowLevels, uniPc, wholeTimesteps } from './unipc.ts';

/** A walk of diffusers' scheduler over made-up outputs, as infra/export records it. */
interface Walk {
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly sigmas: readonly number[];
  readonly trace: readonly {
    readonly step: number;
    /** Absent in the middle of long walks, as `next` is. */
    readonly sample?: readonly number[];
    readonly output: readonly number[];
    readonly next?: readonly number[];
    readonly scaled?: readonly number[];
    readonly x0?: readonly number[];
    readonly noise?: readonly number[];
  }[];
}

function recorded(name: string): { config: SchedulerConfig; shape: number[]; runs: Walk[] } {
  const file = JSON.parse(readFileSync(join(FIXTURES, 'schedulers', `${name}.json`), 'utf8'));
  return { config: schedulerSchema.parse(file.scheduler), shape: file.shape, runs: file.runs };
}

const near = (found: ArrayLike<number>, wanted: ArrayLike<number>, within: number, what: string) => {
  const difference = largestDifference(found, wanted);
  assert.ok(difference <= within, `${what} differ by ${difference}`);
};

/** Follows a walk step by step from its own samples. */
function follow(
  scheduler: Scheduler,
  walk: Walk,
  shape: number[],
  output: (row: Walk['trace'][number]) => Tensor,
): void {
  near(scheduler.sigmas, walk.sigmas, 1e-5, 'sigmas');
  let latents = tensor(shape);
  for (const row of walk.trace) {
    if (row.sample) latents = tensor(shape, Float32Array.from(row.sample!));
    const scale = Math.max(1, ...latents.data.map(Math.abs));
    latents = scheduler.step(row.step, latents, output(row));
    if (row.next)
      near(latents.data, row.next, 5e-6 * scale, `latents after step ${row.step} of ${walk.steps}`);
  }
}

test('EDM Euler scales, denoises and steps as diffusers does', () => {
  const { config, shape, runs } = recorded('edm-karras');
  assert.ok(config.type === 'edm-euler');
  const settings = edmSettings(config);
  for (const walk of runs) {
    const scheduler = edmEuler(walk.steps, settings);
    for (const row of walk.trace) {
      const { input, skip, output, noise } = precondition(scheduler.sigmas[row.step]!, settings.sigmaData);
      const sample = tensor(shape, Float32Array.from(row.sample!));
      near(
        sample.data.map((x) => x * input),
        row.scaled!,
        1e-6,
        'scaled inputs',
      );
      const terms = [
        [skip, sample],
        [output, tensor(shape, Float32Array.from(row.output))],
      ] as const;
      near(linear(terms).data, row.x0!, 1e-5, 'denoised samples');
      near([noise], [walk.timesteps[row.step]!], 1e-6, 'timesteps');
    }
    follow(scheduler, walk, shape, (row) => tensor(shape, Float32Array.from(row.x0!)));
  }
});

const outputOf = (shape: number[]) => (row: Walk['trace'][number]) =>
  tensor(shape, Float32Array.from(row.output));

test('flow Euler walks Karras levels and given levels as diffusers does', () => {
  const karras = recorded('flow-euler-karras');
  assert.ok(karras.config.type === 'flow-match-euler');
  const { sigma_min, sigma_max, final_sigmas_type } = karras.config.config;
  for (const walk of karras.runs) {
    const sigmas = karrasFlowSigmas(walk.steps, {
      sigmaMin: sigma_min,
      sigmaMax: sigma_max,
      last: final_sigmas_type,
    });
    follow(flowMatchEuler(sigmas), walk, karras.shape, outputOf(karras.shape));
  }
  const plain = recorded('flow-euler-plain');
  for (const walk of plain.runs) {
    follow(flowMatchEuler(Float64Array.from(walk.sigmas)), walk, plain.shape, outputOf(plain.shape));
  }
});

test('the stochastic steps of distilled models are those of diffusers', () => {
  const { config, shape, runs } = recorded('flow-euler-distilled');
  assert.ok(config.type === 'flow-match-euler' && config.config.stochastic_sampling);
  for (const walk of runs) {
    const noise = (step: number) => tensor(shape, Float32Array.from(walk.trace[step]!.noise!));
    const list = walk.sigmas.slice(0, -1);
    follow(
      flowMatchEuler(distilledSigmas(list, config.config.shift), { noise }),
      walk,
      shape,
      outputOf(shape),
    );
  }
});

for (const [name, native] of [
  ['unipc-karras', false],
  ['unipc-shifted', false],
  ['unipc-native', true],
] as const) {
  test(`UniPC walks ${name} as diffusers does, whole timesteps included`, () => {
    const { config, shape, runs } = recorded(name);
    assert.ok(config.type === 'unipc');
    const levels = uniPcLevels(config, { native });
    for (const walk of runs) {
      const scheduler = uniPc(flowLevels(walk.steps, levels));
      follow(scheduler, walk, shape, outputOf(shape));
      const whole = wholeTimesteps(walk.steps, levels, config.config.num_train_timesteps);
      assert.deepEqual(whole, walk.timesteps);
    }
  });
}

test('UniPC goes on from what it saved as if it had never stopped', () => {
  const sigmas = flowLevels(6, { type: 'shift', shift: 5, from: 1, to: 0.001 });
  const velocity = (i: number) => tensor([2], Float32Array.of(Math.sin(i), i / 3));
  const walk = (stopAt?: number) => {
    let scheduler = uniPc(sigmas);
    let x = tensor([2], Float32Array.of(1, -1));
    for (let i = 0; i < 6; i++) {
      if (i === stopAt) {
        const saved = scheduler.save();
        scheduler = uniPc(sigmas);
        scheduler.restore(saved);
      }
      x = scheduler.step(i, x, velocity(i));
    }
    return [...x.data];
  };
  for (const stopAt of [0, 1, 2, 5]) assert.deepEqual(walk(stopAt), walk());
});

test('a rectified flow ends at the data when the velocity is constant, at any shift', () => {
  for (const shift of [1, 3]) {
    const scheduler = rectifiedFlow(7, shift);
    let x = tensor([1], Float32Array.of(5));
    for (let i = 0; i < 7; i++) x = scheduler.step(i, x, tensor([1], Float32Array.of(3)));
    assert.ok(Math.abs(x.data[0]! - 2) < 1e-6);
    assert.equal(scheduler.sigmas[7], 0);
  }
});

test('settings of a scheduler that would change its numbers are refused', () => {
  const { scheduler } = JSON.parse(readFileSync(join(FIXTURES, 'schedulers', 'unipc-karras.json'), 'utf8'));
  const changed = (key: string, value: unknown) => ({
    ...scheduler,
    config: { ...scheduler.config, [key]: value },
  });
  assert.ok(schedulerSchema.safeParse(scheduler).success);
  for (const [key, value] of Object.entries({
    solver_order: 3,
    solver_type: 'bh1',
    prediction_type: 'epsilon',
    thresholding: true,
  }))
    assert.ok(!schedulerSchema.safeParse(changed(key, value)).success, key);
  assert.ok(!schedulerSchema.safeParse({ ...scheduler, type: 'ddim' }).success);
});
