import { openFarm } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';
import { aJob, until } from '@worldfarm/test-support';
import { openBare } from './bare.ts';
import { inTurn, type Measure, median } from './measure.ts';
import { NULL_PROFILE, startWorker } from './worker.ts';

const JOBS = 500;
const ROUNDS = 5;
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
  async function whole(wrap?: (store: ObjectStore) => ObjectStore): Promise<number> {
    const farm = fresh();
    await fill(farm);
    const { worker, stop } = await startWorker(farm, NULL_PROFILE, { wrap });
    const before = worker.info().jobsDone;
    const began = performance.now();
    await until('the worker to be done', () => worker.info().jobsDone === JOBS, 240_000);
    const rate = ((JOBS - before) / JOBS) * perSecond(began);
    await stop();
    await farm.close();
    return rate;
  }

  const rates = await inTurn(ROUNDS, { bare, lane, whole, unsynced: () => whole(unsynced) });
  const show = (name: keyof typeof rates) => {
    const ratio = median(rates[name].map((rate, nth) => rate / rates.bare[nth]!));
    return `${median(rates[name]).toFixed(0)} jobs/s, ratio ${ratio.toFixed(3)}`;
  };
  return [
    `${JOBS} null jobs, ${ROUNDS} rounds each in turn, medians of the rates and of each round's ratio`,
    `bare BullMQ: ${median(rates.bare).toFixed(0)} jobs/s`,
    `our lane: ${show('lane')} (issue: at least 0.25)`,
    `a whole worker, two objects a job stored and synced to disk: ${show('whole')}`,
    `a whole worker, objects digested but not stored: ${show('unsynced')}`,
  ];
};

/** Takes what is put and forgets it: what is left is the worker itself. */
function unsynced(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async put(_key, body) {
      let bytes = 0;
      for await (const chunk of body instanceof Uint8Array ? [body] : body) bytes += chunk.byteLength;
      return { created: true, bytes };
    },
  };
}
