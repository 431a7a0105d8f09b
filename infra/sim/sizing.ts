/**
 * `node infra/sim/sizing.ts [--price "H100 80GB=2.5" ...]`: what a GPU renders in a day, and what a thousand clips cost.
 * Seconds are NVIDIA's published ones for the Cosmos3 NIM, text to video, 189 frames (NVIDIA/cosmos,
 * inference_benchmarks/cosmos3-nano-generator.md and cosmos3-super-generator.md).
 */
import { parseArgs } from 'node:util';
import { markdown } from './report.ts';

interface Published {
  readonly model: string;
  readonly gpu: string;
  readonly gpus: number;
  /** seconds of a clip by tier */
  readonly seconds: Readonly<Record<'256' | '480' | '720', number>>;
}

const of = (
  model: string,
  gpu: string,
  gpus: number,
  s256: number,
  s480: number,
  s720: number,
): Published => ({
  model,
  gpu,
  gpus,
  seconds: { '256': s256, '480': s480, '720': s720 },
});

export const PUBLISHED: readonly Published[] = [
  of('Nano', 'RTX PRO 6000', 1, 7.93, 82.69, 318.69),
  of('Nano', 'H100 80GB', 1, 5.72, 51.73, 199.46),
  of('Nano', 'H200', 1, 5.72, 51.9, 200.63),
  of('Nano', 'B200', 1, 3.72, 26.68, 93.33),
  of('Super', 'RTX PRO 6000', 8, 13.99, 99.05, 286.02),
  of('Super', 'H100 80GB', 8, 5.89, 35.52, 114.92),
  of('Super', 'H200', 1, 15.95, 174.71, 695.89),
  of('Super', 'B200', 1, 9.09, 82.39, 314.68),
];

/** What starting and idling adds to rendering (autoscaling.overhead of the chart). */
const OVERHEAD = 1.2;
const DAY = 86_400;

/** @param prices what an hour of one GPU costs, by its name */
export function sizing(prices: Readonly<Record<string, number>> = {}): string {
  const priced = Object.keys(prices).length > 0;
  const head = ['model', 'GPUs', 'tier', 'seconds a clip', 'clips a day', 'GPU hours per 1,000 clips'];
  const rows = PUBLISHED.flatMap(({ model, gpu, gpus, seconds }) =>
    Object.entries(seconds).map(([tier, each]) => {
      const hours = ((each * gpus * 1000) / 3600) * OVERHEAD;
      const price = prices[gpu];
      return [
        model,
        `${gpus} x ${gpu}`,
        tier,
        each.toFixed(1),
        Math.floor(DAY / each).toLocaleString('en'),
        hours.toFixed(1),
        ...(priced ? [price === undefined ? '' : (hours * price).toFixed(2)] : []),
      ];
    }),
  );
  return markdown([priced ? [...head, 'cost per 1,000 clips'] : head, ...rows]);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { price: { type: 'string', multiple: true, default: [] } } });
  const prices = Object.fromEntries(
    values.price.map((text) => {
      const cut = text.lastIndexOf('=');
      return [text.slice(0, cut), Number(text.slice(cut + 1))];
    }),
  );
  process.stdout.write(`${sizing(prices)}\n`);
}
