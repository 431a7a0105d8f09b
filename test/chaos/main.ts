import { parseArgs } from 'node:util';
import { runBatchChaos } from './batch.ts';
import { describe, isSound } from './report.ts';
import { runResume } from './resume.ts';
import { runChaos } from './run.ts';

/**
 * `npm run test:chaos [-- --jobs 2000 --workers 6 --gateways 2 --seed 1 --every 1 --long]` wrecks a farm, with a blow
 * every second; `--long` has 20,000 jobs, which takes more than an hour on two cores unless blows come less often;
 * `npm run test:chaos -- --resume 20` kills a real render that often;
 * `npm run test:chaos -- batch [--clips 1000 --kills 5 --layout webdataset --storage s3]` kills the whole farm while
 * it renders a batch.
 */
const say = (line: string) => process.stdout.write(`${line}\n`);
const [part, ...rest] = process.argv.slice(2);
if (part === 'batch') process.exit((await runBatchChaos(rest, say)) ? 0 : 1);
const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    workers: { type: 'string', default: '6' },
    gateways: { type: 'string', default: '2' },
    every: { type: 'string', default: '1' },
    'step-ms': { type: 'string', default: '5' },
    seed: { type: 'string' },
    resume: { type: 'string' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (values.resume) {
  const { kills } = await runResume({ kills: Number(values.resume), seed, say });
  const same = kills.filter((kill) => kill.same).length;
  const lost = Math.max(...kills.map(({ lostSeconds }) => lostSeconds));
  say(`${same} of ${kills.length} gave the same bytes; at most ${lost.toFixed(2)} s lost`);
  process.exit(same === kills.length ? 0 : 1);
}
say(`chaos with seed ${seed}`);
const report = await runChaos({
  jobs: Number(values.jobs ?? (values.long ? 20_000 : 2_000)),
  workers: Number(values.workers),
  gateways: Number(values.gateways),
  everyMs: Number(values.every) * 1000,
  stepMs: Number(values['step-ms']),
  seed,
  say,
});
for (const line of describe(report)) say(line);
if (!isSound(report)) {
  say(JSON.stringify(report.broken, null, 2));
  process.exitCode = 1;
}
