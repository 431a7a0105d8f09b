import { openFarm } from '@worldfarm/queue';
import { aJob, until } from '@worldfarm/test-support';
import { openBare } from './bare.ts';
import { inTurn, type Measure, median } from './measure.ts';
import { NULL_PROFILE, startWorker } from './worker.ts';

const JOBS = 500;
const ROUNDS = 3;
const never = new AbortController().signal;

/** Jobs a second through one lane that has nothing to render. */
export const drainRate: Measure = async (redisUrl) => {
  let round = 0;
  const fresh = () => openFarm({ url: redisUrl, prefix: `{drain${round++}}`, patience: 'wait' });
  const fill = async (farm: ReturnType<typeof fresh>) => {
    await Promise.all(Array.from({ length: JOBS }, () => farm.jobs.submit(aJob())));
  };
  const perSecond = (began: number) => JOBS / ((performance.now() - began) / 1000);

  /** Claims and results alone: what the queue costs. */
  async function lane(): Promise<number> {
    const farm = fresh();
    await fill(farm);
    const queues = [{ profile: 'null', tier: '256' as const, weight: 1 }];
    const puller = farm.openLane({ worker: 'w', queues, lockMs: 15_000, stalledMs: 5_000 });
    const began = performance.now();
    for (let n = 0; n < JOBS; n++) {
      const claim = await puller.next(never);
      await claim.succeed({ output: {}, metrics: {} });
    }
    const rate = perSecond(began);
    await puller.close();
    await farm.close();
    return rate;
  }

  async function bare(): Promise<number> {
    const queue = openBare(redisUrl, `drain${round++}`);
    for (let n = 0; n < JOBS; n++) await queue.add();
    let done = 0;
    const began = performance.now();
    const stop = await queue.work(() => done++);
    await until('bare BullMQ to be done', () => done === JOBS, 120_000);
    const rate = perSecond(began);
    await stop();
    await queue.close();
    return rate;
  }

  /** A whole worker: folders, provenance, digests, objects and all. */
  async function whole(): Promise<number> {
    const farm = fresh();
    await fill(farm);
    const { worker, stop } = await startWorker(farm, NULL_PROFILE);
    const before = worker.info().jobsDone;
    const began = performance.now();
    await until('the worker to be done', () => worker.info().jobsDone === JOBS, 240_000);
    const rate = ((JOBS - before) / JOBS) * perSecond(began);
    await stop();
    await farm.close();
    return rate;
  }

  const { ours, theirs } = await inTurn(ROUNDS, lane, bare);
  const worker = await whole();
  return [
    `${JOBS} null jobs, ${ROUNDS} rounds each, medians`,
    `bare BullMQ: ${median(theirs).toFixed(0)} jobs/s; our lane: ${median(ours).toFixed(0)} jobs/s`,
    `ratio ${(median(ours) / median(theirs)).toFixed(3)} (issue: at least 0.25)`,
    `a whole worker, objects stored: ${worker.toFixed(0)} jobs/s, ratio ${(worker / median(theirs)).toFixed(3)}`,
  ];
};
