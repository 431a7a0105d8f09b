import type { JobRecord } from '../job.ts';
import type { RequestedPlan } from '../plan.ts';
import type { Tier } from '../tiers.ts';

/** How much of everything a batch would be. */
export interface BatchEstimate {
  readonly rows: number;
  readonly invalid: number;
  readonly by_split: Record<string, number>;
  readonly by_mode: Record<string, number>;
  readonly by_tier: Record<string, number>;
  /** undefined where a tier was never measured */
  readonly gpu_hours?: number;
  readonly bytes?: number;
  /** renders that the figures above rest on, by tier */
  readonly measured: Record<string, number>;
}

/** What one pixel of one frame costs. */
export interface Pace {
  readonly renders: number;
  /** seconds for one pixel in one frame at one step */
  readonly secondsPerUnit: number;
  readonly bytesPerPixel: number;
}

const pixels = ({ width, height, frames }: Pick<RequestedPlan, 'width' | 'height' | 'frames'>) =>
  width * height * frames;

/** The pace of finished renders of one profile and tier; undefined without any. Medians, so that odd ones do not count. */
export function paceOf(records: readonly JobRecord[]): Pace | undefined {
  const timed = records.filter(
    ({ output, metrics }) => output?.video && metrics.render_seconds !== undefined,
  );
  if (timed.length === 0) return undefined;
  const seconds = timed.map(
    ({ spec, metrics }) => metrics.render_seconds! / (pixels(spec.plan) * spec.plan.steps),
  );
  const bytes = timed.map(({ output, spec }) => output!.video!.bytes / pixels(spec.plan));
  return { renders: timed.length, secondsPerUnit: median(seconds), bytesPerPixel: median(bytes) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Adds rows up one at a time. */
export function startEstimate() {
  const count = { rows: 0, invalid: 0 };
  const by = { split: {}, mode: {}, tier: {} } as Record<'split' | 'mode' | 'tier', Record<string, number>>;
  const steps: Partial<Record<Tier, number>> = {};
  const frames: Partial<Record<Tier, number>> = {};
  const bump = (into: Record<string, number>, name: string, by = 1) => (into[name] = (into[name] ?? 0) + by);
  return {
    add(plan: RequestedPlan, split: string) {
      count.rows++;
      bump(by.split, split);
      bump(by.mode, plan.mode);
      bump(by.tier, plan.tier);
      bump(steps, plan.tier, pixels(plan) * plan.steps);
      bump(frames, plan.tier, pixels(plan));
    },
    refuse: () => void count.invalid++,
    tiers: () => Object.keys(by.tier) as Tier[],
    /** @param paces what was measured, by tier */
    result(paces: Partial<Record<Tier, Pace>>): BatchEstimate {
      const tiers = Object.keys(by.tier) as Tier[];
      const known = tiers.every((tier) => paces[tier]);
      const sum = (amount: (tier: Tier, pace: Pace) => number) =>
        tiers.reduce((total, tier) => total + amount(tier, paces[tier]!), 0);
      return {
        ...count,
        by_split: by.split,
        by_mode: by.mode,
        by_tier: by.tier,
        ...(known && {
          gpu_hours: sum((tier, pace) => steps[tier]! * pace.secondsPerUnit) / 3600,
          bytes: Math.round(sum((tier, pace) => frames[tier]! * pace.bytesPerPixel)),
        }),
        measured: Object.fromEntries(tiers.map((tier) => [tier, paces[tier]?.renders ?? 0])),
      };
    },
  };
}
