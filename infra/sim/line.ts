import { randomUUID } from 'node:crypto';
import { type Claim, openFarm } from '@worldfarm/queue';
import { aJob } from '@worldfarm/test-support';
import type { Arrival } from './traces.ts';

/** The farm's real queue, submitted to and pulled from as gateways and workers do. */
export interface Line {
  submit(arrival: Arrival): Promise<string>;
  /** The next job by the farm's own order; undefined when none waits. */
  pull(): Promise<Claim | undefined>;
  finish(claim: Claim): Promise<void>;
  /** Queued again at once, in its old place; no attempt counted. */
  handBack(claim: Claim): Promise<void>;
  /** What the autoscaler sees. */
  depth(): Promise<{ backlog: number; active: number }>;
  close(): Promise<void>;
}

const QUEUE = { profile: 'null', tier: '720', weight: 1 } as const;
/** Claims are ended by the simulation, never by a clock on the wall. */
const LONG_MS = 600_000;

export function openLine(url: string): Line {
  const farm = openFarm({ url, prefix: `{sim-${randomUUID()}}`, patience: 'wait' });
  const lane = farm.openLane({ worker: 'simulated', queues: [QUEUE], lockMs: LONG_MS, stalledMs: LONG_MS });
  const never = new AbortController().signal;
  let waiting = 0;
  /** read again only when something changed: the autoscaler looks far more often */
  let known: { backlog: number; active: number } | undefined;
  const changed = () => {
    known = undefined;
  };
  return {
    async submit({ priority, owner, batch }) {
      const spec = aJob({
        profile: QUEUE.profile,
        tier: QUEUE.tier,
        priority,
        owner,
        ...(batch && { batch }),
      });
      await farm.jobs.submit(spec);
      waiting++;
      changed();
      return spec.id;
    },
    async pull() {
      if (waiting === 0) return undefined;
      const claim = await lane.next(never);
      waiting--;
      changed();
      return claim;
    },
    async finish(claim) {
      if (!(await claim.succeed({ output: {}, metrics: {} }))) throw new Error('a job was finished twice');
      changed();
    },
    async handBack(claim) {
      await claim.handBack('simulated');
      waiting++;
      changed();
    },
    async depth() {
      if (!known) {
        const depths = await farm.depths();
        const sum = (part: 'backlog' | 'active') => depths.reduce((total, depth) => total + depth[part], 0);
        known = { backlog: sum('backlog'), active: sum('active') };
      }
      return known;
    },
    async close() {
      await lane.close();
      await farm.close();
    },
  };
}
