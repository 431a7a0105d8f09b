import { type Pace, paceOf, type Tier } from '@worldfarm/core';
import type { JobStore } from '@worldfarm/queue';

/** Newest renders that a pace is taken from. */
const SAMPLE = 100;

/** How fast a profile was lately, by tier; tiers that nobody rendered are left out. */
export async function pacesOf(
  profile: string,
  tiers: readonly Tier[],
  jobs: Pick<JobStore, 'list'>,
): Promise<Partial<Record<Tier, Pace>>> {
  const paces: Partial<Record<Tier, Pace>> = {};
  for (const tier of tiers) {
    const { records } = await jobs.list({ status: 'succeeded', profile, tier }, { limit: SAMPLE });
    const pace = paceOf(records);
    if (pace) paces[tier] = pace;
  }
  return paces;
}
