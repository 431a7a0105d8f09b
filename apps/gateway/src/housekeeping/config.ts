import { whole } from '@worldfarm/service';
import type { z } from 'zod';
import type { HousekeepingSettings } from './start.ts';

const YEAR = 365 * 86_400;

/** Variables of the reconciler, the sweep of storage and retention. */
export const housekeepingShape = {
  /** seconds between two looks at the queues */
  WORLDFARM_RECONCILE_SECONDS: whole(1, 3600).default(5),
  /** seconds between two sweeps of storage and of old jobs */
  WORLDFARM_SWEEP_SECONDS: whole(1, YEAR).default(3600),
  /** outputs and checkpoints that nobody refers to are removed at this age */
  WORLDFARM_ORPHAN_GRACE_SECONDS: whole(0, YEAR).default(3600),
  /** uploads that no job refers to are removed at this age */
  WORLDFARM_INPUT_GRACE_SECONDS: whole(0, YEAR).default(86_400),
  /** ended jobs are forgotten, outputs and all, after this many days; unset: never */
  WORLDFARM_RETENTION_DAYS: whole(1, 36_500).optional(),
  /** only this many ended jobs are kept; unset: all */
  WORLDFARM_RETENTION_JOBS: whole(0).optional(),
  /** ended batches are forgotten after this many days, and what they worked with; datasets stay; unset: never */
  WORLDFARM_BATCH_RETENTION_DAYS: whole(1, 36_500).optional(),
};

type Environment = z.infer<z.ZodObject<typeof housekeepingShape>>;

export function housekeepingSettings(env: Environment): HousekeepingSettings {
  const seconds = (days: number | undefined) => days && days * 86_400;
  return {
    everySeconds: env.WORLDFARM_RECONCILE_SECONDS,
    sweepSeconds: env.WORLDFARM_SWEEP_SECONDS,
    grace: {
      outputGraceMs: env.WORLDFARM_ORPHAN_GRACE_SECONDS * 1000,
      inputGraceMs: env.WORLDFARM_INPUT_GRACE_SECONDS * 1000,
    },
    retention: { seconds: seconds(env.WORLDFARM_RETENTION_DAYS), count: env.WORLDFARM_RETENTION_JOBS },
    keepBatchesSeconds: seconds(env.WORLDFARM_BATCH_RETENTION_DAYS),
  };
}
