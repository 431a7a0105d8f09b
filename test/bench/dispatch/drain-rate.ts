import { openFarm } from '@worldfarm/queue';
import type { ObjectStore } from '@worldfarm/storage';
import { aJob, until } from '@worldfarm/test-support';
import { openBare } from './bare.ts';
import { inTurn, type Measure, median } from './measure.ts';
import { NULL_PROFILE, startWorker } from './worker.ts';

/** So many that each round lasts about as long, a second or so: a busy machine gives and takes in stretches. */
const JOBS = { bare: 4_000, lane: 2_000, worker: 500 };
const ROUNDS = { lane: 3, worker: 3 };
const never = new AbortController().signal;

/** Jobs a second through one lane that has nothing to render. */
export const drainRate: Measure = async (redisUrl) => {
  let round = 0;
  const fresh = () => openFarm({ url: redisUrl, prefix: `{drain${round++}}`, patience: 'wait' });
  const fill = async (farm: ReturnType<typeof fresh>, jobs: number) => {
    await Promise.all(Array.from({ length: jobs }, () => farm.jobs.submit(aJob())));
  };
  const perSecond = (jobs: number, began: number) => jobs / ((performance.now() - began) / 1000);

  /** Claims and results alone: what the queue costs. */
  async function lane(): Promise<number> {
    const farm = fresh();
    await fill(farm, JOBS.lane);
    const queues = [{ profile: 'null', tier: '256' as const, weight: 1 }];
    const puller = farm.openLane({ worker: 'w', queues, lockMs: 15_000, stalledMs: 5_000 });
    const began = performance.now();
    for (let n = 0; n < JOBS.lane; n++) {
      const claim = await puller.next(never);
      await claim.succeed({ output: {}, metrics: {} });
    }
    const rate = perSecond(JOBS.lane, began);
    await puller.close();
    await farm.close();
    return rate;
  }

  async function bare(): Promise<number> {
    const queue = openBare(redisUrl, `drain${round++}`);
    await Promise.all(Array.from({ length: JOBS.bare }, queue.add));
    let done = 0;
    const began = performance.now();
    const stop = await queue.work(() => done++);
    await until('bare BullMQ to be done', () => done === JOBS.bare, 120_000);
    const rate = perSecond(JOBS.bare, began);
    await stop();
    await queue.close();
    return rate;
  }

  /** A whole worker: folders, provenance, digests, objects and all. */
  async function whole(wrap?: (store: ObjectStore) => ObjectStore): Promise<number> {
    const farm = fresh();
    await fill(farm, JOBS.worker);
    const { worker, stop } = await startWorker(farm, NULL_PROFILE, { wrap });
    const before = worker.info().jobsDone;
    const began = performance.now();
    await until('the worker to be done', () => worker.info().jobsDone === JOBS.worker, 240_000);
    const rate = perSecond(JOBS.worker - before, began);
    await stop();
    await farm.close();
    return rate;
  }

  const lanes = await inTurn(ROUNDS.lane, { bare, lane });
  const workers = await inTurn(ROUNDS.worker, { bare, whole, unsynced: () => whole(unsynced) });
  return [
    `null jobs: ${JOBS.lane} a lane, ${JOBS.worker} a worker, in turn with ${JOBS.bare} through bare BullMQ; medians of ${ROUNDS.lane} and ${ROUNDS.worker} rounds`,
    `bare BullMQ: ${median(lanes.bare).toFixed(0)} jobs/s (among the workers ${median(workers.bare).toFixed(0)})`,
    `our lane: ${show(lanes.lane, lanes.bare)} (issue: at least 0.25)`,
    `a whole worker, two objects a job stored and synced to disk: ${show(workers.whole, workers.bare)}`,
    `a whole worker, objects digested but not stored: ${show(workers.unsynced, workers.bare)}`,
  ];
};

function show(ours: readonly number[], theirs: readonly number[]): string {
  const ratios = ours.map((rate, round) => rate / theirs[round]!);
  return `${median(ours).toFixed(0)} jobs/s, ratio of the rounds ${median(ratios).toFixed(3)}`;
}

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
