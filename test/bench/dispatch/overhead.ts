import { openFarm } from '@worldfarm/queue';
import { aJob } from '@worldfarm/test-support';
import { openBare } from './bare.ts';
import { type Measure, median } from './measure.ts';
import { NULL_PROFILE, startWorker } from './worker.ts';

const JOBS = 100;

/** Milliseconds from the call of submit to the end seen by its caller, on an idle lane with nothing to render. */
export const overhead: Measure = async (redisUrl) => {
  const farm = openFarm({ url: redisUrl, patience: 'wait' });
  const { stop } = await startWorker(farm, NULL_PROFILE);
  const bare = openBare(redisUrl, 'overhead');
  let finished = () => {};
  const stopBare = await bare.work(() => finished());
  const ours: number[] = [];
  const theirs: number[] = [];
  const signal = AbortSignal.timeout(600_000);
  try {
    for (let n = 0; n < JOBS; n++) {
      let began = performance.now();
      const { record } = await farm.jobs.submit(aJob());
      await farm.events.finished(record.spec.id, signal);
      ours.push(performance.now() - began);

      const done = new Promise<void>((resolve) => {
        finished = resolve;
      });
      began = performance.now();
      await bare.add();
      await done;
      theirs.push(performance.now() - began);
    }
  } finally {
    await stopBare();
    await bare.close();
    await stop();
    await farm.close();
  }
  return [
    `${JOBS} null jobs, one at a time, in turn with bare BullMQ`,
    `ours: ${median(ours).toFixed(2)} ms median (objects stored and published; issue: under 10 ms)`,
    `bare BullMQ, add to completed: ${median(theirs).toFixed(2)} ms; ratio ${(median(ours) / median(theirs)).toFixed(2)}`,
  ];
};
