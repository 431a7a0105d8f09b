import { chartPolicy } from './chart-policy.ts';
import type { Policy } from './policy.ts';
import { COLUMNS, markdown, row } from './report.ts';
import { type Simulation, simulate } from './simulate.ts';
import { TRACES } from './traces.ts';

export interface Table {
  readonly title: string;
  readonly text: string;
}

/** A Cosmos3 Nano clip at 720 on an H100 (MODELS.md: 199 seconds). */
export const RENDER = 200;
const MAX_WORKERS = 16;
const COLD_STARTS = [60, 300, 1500];
/** AWS gives two minutes, others 25 or 30 seconds: the short one. */
const NOTICE = 25;

type Variant = Partial<Pick<Simulation, 'engine' | 'deletionCost'>> & { readonly policy?: Partial<Policy> };

/** All tables of the docs. Each row plays its trace against the real queue. */
export async function makeTables(
  redisUrl: string,
  scale: number,
  say: (line: string) => void,
): Promise<Table[]> {
  const options = { render: RENDER, scale };
  const play = async (key: keyof typeof TRACES, coldStart: number, name?: string, variant: Variant = {}) => {
    const trace = TRACES[key](options);
    const chart = await chartPolicy({ coldStart, render: RENDER, max: MAX_WORKERS });
    const policy = { ...chart, ...variant.policy };
    const base = { engine: 'onnx', notice: NOTICE, deletionCost: false, coldStart } as const;
    const outcome = await simulate({ ...base, ...variant, redisUrl, trace, policy });
    const cells = row(name ?? trace.name, coldStart, policy.jobsPerWorker, outcome);
    say(cells.join('  '));
    return cells;
  };

  const chart = [COLUMNS];
  for (const key of ['steady', 'bursty', 'batch', 'spot'] as const) {
    for (const coldStart of COLD_STARTS) chart.push(await play(key, coldStart));
  }
  const choices = [
    COLUMNS,
    await play('bursty', 300, 'the chart'),
    await play('bursty', 300, 'a worker a job', { policy: { jobsPerWorker: 1 } }),
    await play('bursty', 300, 'four jobs a worker', { policy: { jobsPerWorker: 4 } }),
    await play('bursty', 300, 'twenty jobs a worker', { policy: { jobsPerWorker: 20 } }),
    await play('bursty', 300, 'backlog alone', { policy: { keepBusy: false } }),
    await play('bursty', 300, 'backlog alone, NIM', { policy: { keepBusy: false }, engine: 'nim' }),
    await play('bursty', 300, 'idle workers kept 5 min', {
      policy: { scaleDownSeconds: 300, cooldownSeconds: 300 },
    }),
    await play('bursty', 300, 'with deletion cost', { deletionCost: true }),
    await play('steady', 300, 'steady, the chart'),
    await play('steady', 300, 'steady, kept 5 min', {
      policy: { scaleDownSeconds: 300, cooldownSeconds: 300 },
    }),
    await play('spot', 300, 'spot, the chart'),
    await play('spot', 300, 'spot, NIM', { engine: 'nim' }),
  ];
  return [
    { title: 'The defaults', text: markdown(chart) },
    { title: 'Other choices, 5 minutes of cold start', text: markdown(choices) },
  ];
}
