/** How a pool follows its queue: the values of the chart, with the meaning that KEDA and the HPA give them. */
export interface Policy {
  readonly jobsPerWorker: number;
  readonly min: number;
  readonly max: number;
  readonly cooldownSeconds: number;
  readonly scaleDownSeconds: number;
  readonly scaleUpSeconds: number;
  readonly pollingSeconds: number;
  /** false: scaled on the backlog alone, as one trigger would */
  readonly keepBusy: boolean;
}

/** Share by which the HPA lets a number be off before it acts. */
const TOLERANCE = 0.1;

/** Jobs that a worker is for: so many that starting and ending it costs the share `overhead` of its rendering. */
export function jobsPerWorker(o: {
  coldStart: number;
  scaleDown: number;
  overhead: number;
  render: number;
}): number {
  return Math.max(1, Math.ceil((o.coldStart + o.scaleDown) / (o.overhead * o.render)));
}

/** What one metric asks for: ceil(sum / target), unless it is about right as it is. */
function wished(sum: number, target: number, current: number): number {
  if (current > 0 && Math.abs(sum / (target * current) - 1) <= TOLERANCE) return current;
  return Math.ceil(sum / target);
}

/** The autoscaler: asked every few seconds, it says how many workers there shall be. */
export function openScaler(
  policy: Policy,
): (now: number, backlog: number, active: number, current: number) => number {
  let lastActive = Number.NEGATIVE_INFINITY;
  let history: { at: number; wish: number }[] = [];

  return (now, backlog, active, current) => {
    if (backlog > 0) lastActive = now;
    if (current === 0) return backlog > 0 ? Math.max(1, policy.min) : policy.min;
    if (backlog === 0 && now - lastActive >= policy.cooldownSeconds) {
      history = [];
      return policy.min;
    }
    const byBacklog = wished(backlog, policy.jobsPerWorker, current);
    const byBusy = policy.keepBusy ? wished(active, 1, current) : 0;
    const wish = Math.min(policy.max, Math.max(1, policy.min, byBacklog, byBusy));
    const window = Math.max(policy.scaleDownSeconds, policy.scaleUpSeconds);
    history = [...history.filter(({ at }) => now - at <= window), { at: now, wish }];
    const within = (seconds: number) =>
      history.filter(({ at }) => now - at <= seconds).map((each) => each.wish);
    const up = Math.min(...within(policy.scaleUpSeconds));
    const down = Math.max(...within(policy.scaleDownSeconds));
    if (current < up) return up;
    return current > down ? down : current;
  };
}
