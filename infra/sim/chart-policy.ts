import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { jobsPerWorker, type Policy } from './policy.ts';

const VALUES = new URL('../../helm/worldfarm/values.yaml', import.meta.url);

interface Autoscaling {
  overhead: number;
  pollingSeconds: number;
  cooldownSeconds: number;
  scaleDownSeconds: number;
  scaleUpSeconds: number;
}

/** The policy that the chart's own values make for a pool. Seconds. */
export async function chartPolicy(o: { coldStart: number; render: number; max: number }): Promise<Policy> {
  const { autoscaling } = parse(await readFile(VALUES, 'utf8')) as { autoscaling: Autoscaling };
  const { overhead, pollingSeconds, cooldownSeconds, scaleDownSeconds, scaleUpSeconds } = autoscaling;
  return {
    jobsPerWorker: jobsPerWorker({ ...o, scaleDown: scaleDownSeconds, overhead }),
    min: 0,
    max: o.max,
    cooldownSeconds,
    scaleDownSeconds,
    scaleUpSeconds,
    pollingSeconds,
    keepBusy: true,
  };
}
