import { openFarm } from '@worldfarm/queue';
import { openRaw } from '@worldfarm/queue/testing';
import { aJob } from '@worldfarm/test-support';
import { openBare } from './bare.ts';
import type { Measure } from './measure.ts';

const JOBS = 2_000;

/** Redis memory of a queued job: ours has its record, indexes, counts and turn beside BullMQ's job. */
export const bytesPerJob: Measure = async (redisUrl) => {
  const raw = openRaw(redisUrl);
  const used = async () => Number(/used_memory:(\d+)/.exec(await raw.info('memory'))![1]);
  const perJob = async (add: () => Promise<unknown>) => {
    await add();
    const before = await used();
    for (let n = 0; n < JOBS; n++) await add();
    return ((await used()) - before) / JOBS;
  };
  const farm = openFarm({ url: redisUrl, patience: 'wait' });
  const queue = openBare(redisUrl, 'bytes');
  try {
    const spec = JSON.stringify(aJob()).length;
    const theirs = await perJob(() => queue.add());
    const ours = await perJob(() => farm.jobs.submit(aJob()));
    return [
      `${JOBS} queued jobs`,
      `bare BullMQ: ${theirs.toFixed(0)} bytes a job; ours: ${ours.toFixed(0)}, of which the spec as JSON ${spec}`,
      `ratio ${(ours / theirs).toFixed(2)}`,
    ];
  } finally {
    await queue.close();
    await farm.close();
    raw.disconnect();
  }
};
