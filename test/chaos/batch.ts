import { parseArgs } from 'node:util';
import { LAYOUTS } from '@worldfarm/core';
import { type KillPlan, renderUnderFire } from '../datasets/kill.ts';

/** Renders a batch under kills and tells of it. @returns whether the dataset is whole and nothing was rendered again */
export async function runBatchChaos(args: string[], say: (line: string) => void): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      clips: { type: 'string', default: '1000' },
      kills: { type: 'string', default: '5' },
      profile: { type: 'string', default: 'kernel-world' },
      layout: { type: 'string', default: 'folder' },
      storage: { type: 'string', default: 'folder' },
      seed: { type: 'string' },
    },
  });
  const layout = LAYOUTS.find((each) => each === values.layout);
  const storage = (['folder', 's3'] as const).find((each) => each === values.storage);
  if (!layout || !storage) throw new Error(`--layout ${LAYOUTS.join('|')}, --storage folder|s3`);
  const plan: KillPlan = {
    clips: Number(values.clips),
    kills: Number(values.kills),
    profile: values.profile,
    layout,
    storage,
    seed: Number(values.seed ?? Date.now() % 1_000_000),
  };
  say(`batch under fire: ${JSON.stringify(plan)}`);
  const { killedAt, seconds, faults, rendered, again } = await renderUnderFire({ ...plan, say });
  say(
    `${plan.clips} clips wanted, ${rendered} jobs rendered, ${seconds.toFixed(0)} s, killed at ${killedAt.join(', ')}`,
  );
  say(`the same spec again: ${again.renders} renders in ${again.seconds.toFixed(2)} s`);
  say(
    faults.length === 0 ? 'no clip missing, none twice, every sha256 true' : `broken:\n${faults.join('\n')}`,
  );
  return faults.length === 0 && again.renders === 0;
}
