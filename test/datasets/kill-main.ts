/** `node test/datasets/kill-main.ts [clips] [kills] [profile] [layout] [seed]`: the full form of kill.test.ts. */
import { type KillPlan, renderUnderFire } from './kill.ts';

const [clips = '1000', kills = '5', profile = 'kernel-world', layout = 'folder', seed] =
  process.argv.slice(2);
const plan: KillPlan = {
  clips: Number(clips),
  kills: Number(kills),
  profile,
  layout: layout as KillPlan['layout'],
  seed: seed === undefined ? Date.now() % 1_000_000 : Number(seed),
};
process.stdout.write(`${JSON.stringify(plan)}\n`);
const report = await renderUnderFire(plan);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.faults.length > 0 || report.again.renders > 0 ? 1 : 0;
