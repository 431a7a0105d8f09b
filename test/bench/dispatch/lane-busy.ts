import { openFarm } from '@worldfarm/queue';
import { aJob } from '@worldfarm/test-support';
import type { Measure } from './measure.ts';
import { KERNEL_WORLD, startWorker } from './worker.ts';

const JOBS = 12;

/** How much of the time between the first render's begin and the last one's end the lane renders. */
export const laneBusy: Measure = async (redisUrl) => {
  const farm = openFarm({ url: redisUrl, patience: 'wait' });
  const clock = stretches();
  const { stop } = await startWorker(farm, KERNEL_WORLD, { signals: { lane: clock.turn } });
  const submit = async (seed: number) => {
    const base = aJob({ profile: 'kernel-world' });
    const prompt = 'a red circle moves right on a blue background';
    const plan = { ...base.plan, prompt, seed, steps: 12 };
    return (await farm.jobs.submit({ ...base, plan })).record.spec.id;
  };
  const done = (id: string) => farm.events.finished(id, AbortSignal.timeout(600_000));
  try {
    await done(await submit(0));
    clock.reset();
    const ids = await Promise.all(Array.from({ length: JOBS }, (_, seed) => submit(seed)));
    await Promise.all(ids.map(done));
    const saturated = clock.share();
    clock.reset();
    for (let seed = 0; seed < JOBS; seed++) await done(await submit(seed));
    const apart = clock.share();
    const show = ({ ratio, wall }: { ratio: number; wall: number }) =>
      `${(100 * ratio).toFixed(2)} % of ${wall.toFixed(2)} s`;
    return [
      `${JOBS} real renders (kernel-world, 320x192, 25 frames, 12 steps)`,
      `a saturated queue: the lane renders ${show(saturated)}`,
      `one after another, each waited for: ${show(apart)}`,
      `idle time ratio ${((1 - saturated.ratio) / (1 - apart.ratio)).toFixed(3)}`,
    ];
  } finally {
    await stop();
    await farm.close();
  }
};

/** Busy stretches of a lane; the wall runs from the first begin to the last end. */
function stretches() {
  let first: number | undefined;
  let since: number | undefined;
  let last = 0;
  let busy = 0;
  return {
    reset() {
      first = undefined;
      since = undefined;
      busy = 0;
    },
    turn(on: boolean) {
      const now = performance.now();
      if (since !== undefined) {
        busy += now - since;
        last = now;
      }
      since = on ? now : undefined;
      if (on) first ??= now;
    },
    share() {
      const wall = (last - first!) / 1000;
      return { ratio: busy / 1000 / wall, wall };
    },
  };
}
