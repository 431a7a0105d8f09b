import { chartPolicy } from '@worldfarm/infra/sim/chart-policy.ts';
import { COLUMNS, markdown, row } from '@worldfarm/infra/sim/report.ts';
import { simulate } from '@worldfarm/infra/sim/simulate.ts';
import { TRACES } from '@worldfarm/infra/sim/traces.ts';
import { startRedis } from '@worldfarm/test-support';

const RENDER = 200;
const COLD_START = 300;

/**
 * GPU hours of the chart's policy over those of the renders alone, on the farm's queue with a simulated clock: the
 * bursty trace with five minutes of cold start; issue: at most 1.25, and no work lost. `npm run sim` plays all traces.
 *
 * @param args share of the trace (1)
 */
export async function run([scale = '1']: string[]): Promise<void> {
  const redis = await startRedis();
  try {
    const policy = await chartPolicy({ coldStart: COLD_START, render: RENDER, max: 16 });
    const rows = [COLUMNS];
    for (const key of ['bursty', 'spot'] as const) {
      const trace = TRACES[key]({ render: RENDER, scale: Number(scale) });
      const outcome = await simulate({
        redisUrl: redis.url,
        trace,
        policy,
        coldStart: COLD_START,
        engine: 'onnx',
        notice: 25,
        deletionCost: false,
      });
      rows.push(row(trace.name, COLD_START, policy.jobsPerWorker, outcome));
    }
    process.stdout.write(`${markdown(rows)}\n`);
  } finally {
    await redis.stop();
  }
}
