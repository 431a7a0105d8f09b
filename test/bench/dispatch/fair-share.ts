import { openFarm } from '@worldfarm/queue';
import { aJob } from '@worldfarm/test-support';
import type { Measure } from './measure.ts';

const LONG_LINE = 2_000;
const never = new AbortController().signal;

/** How many renders of one customer's long line come before the one job of another who submits late. */
export const fairShare: Measure = async (redisUrl) => {
  const farm = openFarm({ url: redisUrl, patience: 'wait' });
  const queues = [{ profile: 'null', tier: '256' as const, weight: 1 }];
  const lane = farm.openLane({ worker: 'w', queues, lockMs: 60_000, stalledMs: 60_000 });
  const submit = async (owner: string) =>
    (await farm.jobs.submit(aJob({ owner, createdAt: Date.now() }))).record.spec.id;
  const render = async () => {
    const claim = await lane.next(never);
    await claim.succeed({ output: {}, metrics: {} });
    return claim.record.spec.owner;
  };
  try {
    await Promise.all(Array.from({ length: LONG_LINE }, () => submit('big')));
    for (let n = 0; n < 10; n++) await render();
    await submit('small');
    let before = 0;
    while ((await render()) === 'big') before++;
    return [
      `a line of ${LONG_LINE} jobs of one customer, one job of another submitted into it`,
      `renders before that job: ${before} (issue: at most 1; first come, first served: ${LONG_LINE - 10})`,
    ];
  } finally {
    await lane.close();
    await farm.close();
  }
};
