import { openClock } from './clock.ts';
import { openLine } from './line.ts';
import { openScaler, type Policy } from './policy.ts';
import { exponential, seeded } from './random.ts';
import type { Arrival, Trace } from './traces.ts';
import { type SimWorker, startWorker, type Work } from './workers.ts';

export interface Simulation {
  readonly redisUrl: string;
  readonly trace: Trace;
  readonly policy: Policy;
  /** seconds from the wish for a worker to its first job: node, image, model */
  readonly coldStart: number;
  /** `onnx` makes checkpoints, `nim` does not */
  readonly engine: 'onnx' | 'nim';
  /** seconds of warning before a spot node goes */
  readonly notice: number;
  /** busy pods cost more to delete */
  readonly deletionCost: boolean;
}

export interface Outcome {
  /** seconds from submit to the first start of each job, by priority */
  readonly waits: ReadonlyMap<Arrival['priority'], readonly number[]>;
  /** seconds that GPUs were held, starting and idling included */
  readonly gpuSeconds: number;
  /** seconds that the renders take on warm GPUs */
  readonly idealSeconds: number;
  /** seconds of rendering that had to be done again */
  readonly lostSeconds: number;
  readonly finished: number;
  readonly handedBack: number;
  readonly reclaims: number;
  readonly peakWorkers: number;
  /** seconds from the first submit to the last finish */
  readonly makespan: number;
}

/** The chart's grace for engines that make checkpoints; the others finish what they render. */
const GRACE = { onnx: 25, nim: Number.POSITIVE_INFINITY } as const;
const STEPS = 36;
const CHECKPOINT_SECONDS = 20;
const HPA_SECONDS = 15;

/** Plays one trace against the farm's real queue, on a simulated clock. */
export async function simulate(o: Simulation): Promise<Outcome> {
  const clock = openClock();
  const line = openLine(o.redisUrl);
  const random = seeded(7);
  const scale = openScaler(o.policy);
  const works = new Map<string, Work & { arrival: Arrival; waited?: number }>();
  const workers: SimWorker[] = [];
  const living = () => workers.filter(({ state }) => state !== 'gone' && state !== 'leaving');
  const sums = { rendered: 0, handedBack: 0, reclaims: 0, peak: 0, finished: 0, lastFinish: 0 };
  const over = () =>
    sums.finished === o.trace.arrivals.length && workers.every(({ state }) => state === 'gone');

  const wake = async () => {
    for (const worker of workers) await worker.look();
  };
  function hire(): void {
    const worker = startWorker({
      clock,
      line,
      coldStart: o.coldStart,
      steps: STEPS,
      checkpointEvery: o.engine === 'onnx' ? CHECKPOINT_SECONDS : 0,
      workOf: (claim) => works.get(claim.record.spec.id)!,
      onStart(work) {
        const known = works.get(work.id)!;
        known.waited ??= clock.now() - known.arrival.at;
      },
      onFinish() {
        sums.finished++;
        sums.lastFinish = clock.now();
      },
      onRendered(seconds) {
        sums.rendered += seconds;
      },
      onHandBack() {
        sums.handedBack++;
        clock.after(0, wake);
      },
    });
    workers.push(worker);
    sums.peak = Math.max(sums.peak, living().length);
    if (o.trace.reclaimsPerHour > 0) {
      clock.after(exponential(random, o.trace.reclaimsPerHour / 3600), async () => {
        if (worker.state === 'gone' || worker.state === 'leaving') return;
        sums.reclaims++;
        await worker.stop(Math.min(o.notice, GRACE[o.engine]));
        // The Deployment wants its number back at once.
        hire();
      });
    }
  }

  /** The order in which a Deployment lets pods go: not ready first, then cheap ones, then young ones. */
  const victims = () => {
    const rank = ({ state }: SimWorker) =>
      state === 'cold' ? 0 : o.deletionCost && state === 'busy' ? 2 : 1;
    return living().sort((a, b) => rank(a) - rank(b) || (b.readyAt ?? 0) - (a.readyAt ?? 0));
  };

  for (const arrival of o.trace.arrivals) {
    clock.at(arrival.at, async () => {
      const id = await line.submit(arrival);
      works.set(id, { id, render: arrival.render, done: 0, arrival });
      await wake();
    });
  }
  const tick = async () => {
    const current = living().length;
    const { backlog, active } = await line.depth();
    const wanted = scale(clock.now(), backlog, active, current);
    for (let missing = current; missing < wanted; missing++) hire();
    for (const worker of victims().slice(0, Math.max(0, current - wanted)))
      await worker.stop(GRACE[o.engine]);
    if (!over()) clock.after(Math.min(HPA_SECONDS, o.policy.pollingSeconds), tick);
  };
  clock.at(0, tick);

  try {
    await clock.run(over);
  } finally {
    await line.close();
  }
  const waits = new Map<Arrival['priority'], number[]>();
  for (const { arrival, waited = 0 } of works.values()) {
    waits.set(arrival.priority, [...(waits.get(arrival.priority) ?? []), waited]);
  }
  const idealSeconds = o.trace.arrivals.reduce((sum, { render }) => sum + render, 0);
  return {
    waits,
    gpuSeconds: workers.reduce((sum, { born, died = clock.now() }) => sum + died - born, 0),
    idealSeconds,
    // What was rendered more than once; sums of fractions are off by less than a microsecond.
    lostSeconds: Number(Math.max(0, sums.rendered - idealSeconds).toFixed(6)),
    finished: sums.finished,
    handedBack: sums.handedBack,
    reclaims: sums.reclaims,
    peakWorkers: sums.peak,
    makespan: sums.lastFinish - Math.min(...o.trace.arrivals.map(({ at }) => at)),
  };
}
