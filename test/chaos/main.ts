import { parseArgs } from 'node:util';
import { describe, isSound } from './report.ts';
import { runChaos } from './run.ts';

/** `npm run test:chaos [-- --jobs 20000 --workers 6 --gateways 2 --seed 1 --long]` */
const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    workers: { type: 'string', default: '6' },
    gateways: { type: 'string', default: '2' },
    'step-ms': { type: 'string', default: '5' },
    seed: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const say = (line: string) => process.stdout.write(`${line}\n`);
say(`chaos with seed ${seed}`);
const report = await runChaos({
  jobs: Number(values.jobs ?? (values.long ? 20_000 : 2_000)),
  workers: Number(values.workers),
  gateways: Number(values.gateways),
  stepMs: Number(values['step-ms']),
  seed,
  say,
});
for (const line of describe(report)) say(line);
if (!isSound(report)) {
  say(JSON.stringify(report.broken, null, 2));
  process.exitCode = 1;
}
