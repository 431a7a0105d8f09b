import { startRedis } from '@worldfarm/test-support';
import { bytesPerJob } from './dispatch/bytes.ts';
import { drainRate } from './dispatch/drain-rate.ts';
import { fairShare } from './dispatch/fair-share.ts';
import { laneBusy } from './dispatch/lane-busy.ts';
import { overhead } from './dispatch/overhead.ts';
import type { Measure } from './dispatch/measure.ts';

/** Each measures both sides in one run on one Redis; what counts are the ratios. */
const MEASURES: Record<string, Measure> = {
  'lane busy': laneBusy,
  'drain rate': drainRate,
  'submit to done': overhead,
  'Redis bytes': bytesPerJob,
  'fair share': fairShare,
};

/**
 * What dispatch costs, against bare BullMQ and against no overlap.
 *
 * @param names which measures; all when none is named
 */
export async function run(names: string[]): Promise<void> {
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (names.length > 0 && !names.some((each) => name.includes(each))) continue;
    const redis = await startRedis();
    try {
      process.stdout.write(`-- ${name}\n`);
      for (const line of await measure(redis.url)) process.stdout.write(`${line}\n`);
    } finally {
      await redis.stop();
    }
  }
}
