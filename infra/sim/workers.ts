import type { Claim } from '@worldfarm/queue';
import type { Clock } from './clock.ts';
import type { Line } from './line.ts';

/** What a null engine makes of a job: nothing, at the pace of a real one. */
export interface Work {
  readonly id: string;
  readonly render: number;
  /** seconds of it that a checkpoint holds */
  done: number;
}

export interface WorkerOptions {
  readonly clock: Clock;
  readonly line: Line;
  readonly coldStart: number;
  /** a render is this many steps; a checkpoint is made between two */
  readonly steps: number;
  /** seconds between two checkpoints of an undisturbed render; 0: the engine makes none */
  readonly checkpointEvery: number;
  readonly workOf: (claim: Claim) => Work;
  readonly onStart: (work: Work) => void;
  readonly onFinish: (work: Work) => void;
  /** a job went back into the queue */
  readonly onHandBack: () => void;
  /** seconds that a GPU rendered, whatever became of it */
  readonly onRendered: (seconds: number) => void;
}

/** One pod with one GPU. */
export interface SimWorker {
  readonly born: number;
  readonly state: 'cold' | 'idle' | 'busy' | 'leaving' | 'gone';
  readonly readyAt: number | undefined;
  died: number | undefined;
  /** looks for a job; does nothing unless idle */
  look(): Promise<void>;
  /** SIGTERM with this much time to end: finishes what fits, hands back the rest with a checkpoint. */
  stop(graceSeconds: number): Promise<void>;
}

export function startWorker(options: WorkerOptions): SimWorker {
  const { clock, line } = options;
  let job: { claim: Claim; work: Work; began: number; forget: () => void } | undefined;
  const worker = {
    born: clock.now(),
    state: 'cold' as SimWorker['state'],
    readyAt: undefined as number | undefined,
    died: undefined as number | undefined,
    look,
    stop,
  };
  const forgetStart = clock.after(options.coldStart, async () => {
    worker.state = 'idle';
    worker.readyAt = clock.now();
    await look();
  });

  async function look(): Promise<void> {
    if (worker.state !== 'idle') return;
    worker.state = 'busy';
    const claim = await line.pull();
    if (!claim) {
      worker.state = 'idle';
      return;
    }
    const work = options.workOf(claim);
    options.onStart(work);
    const began = clock.now();
    job = { claim, work, began, forget: clock.after(work.render - work.done, finish) };
  }

  async function finish(): Promise<void> {
    const { claim, work, began } = job!;
    job = undefined;
    options.onRendered(clock.now() - began);
    await line.finish(claim);
    options.onFinish(work);
    if (worker.state === 'leaving') return leave();
    worker.state = 'idle';
    await look();
  }

  async function stop(graceSeconds: number): Promise<void> {
    if (worker.state === 'gone' || worker.state === 'leaving') return;
    forgetStart();
    if (!job) return leave();
    worker.state = 'leaving';
    const elapsed = clock.now() - job.began;
    const left = job.work.render - job.work.done - elapsed;
    // Finished in time: its own end calls leave().
    if (left <= graceSeconds) return;
    const step = job.work.render / options.steps;
    const untilStep = step - (elapsed % step);
    if (options.checkpointEvery > 0 && untilStep <= graceSeconds) {
      clock.after(untilStep, () => handBack(elapsed + untilStep));
    } else if (options.checkpointEvery > 0) {
      const saved = Math.floor(elapsed / options.checkpointEvery) * options.checkpointEvery;
      clock.after(graceSeconds, () => handBack(saved));
    } else clock.after(graceSeconds, () => handBack(0));
  }

  async function handBack(savedSeconds: number): Promise<void> {
    const { claim, work, began, forget } = job!;
    forget();
    job = undefined;
    work.done += savedSeconds;
    options.onRendered(clock.now() - began);
    await line.handBack(claim);
    options.onHandBack();
    leave();
  }

  function leave(): void {
    worker.state = 'gone';
    worker.died = clock.now();
  }
  return worker;
}
