import type { Checkpointer } from './checkpoint.ts';
import { type Drain, type Draining, fitsGrace } from './drain.ts';

/** How far the render is; written by the job, read here. */
export interface RenderPace {
  /** performance.now() at its begin; 0 before */
  readonly began: number;
  /** value of its first progress: what a checkpoint brought */
  readonly from: number | undefined;
  readonly value: number;
  /** steps done so far */
  readonly step: number;
  /** the last frame is out: what is left is short */
  readonly done: boolean;
}

interface Leaving {
  readonly pace: RenderPace;
  readonly checkpoints: Checkpointer;
  readonly leave: (reason: Draining) => void;
}

/** Time kept at the end of the grace period for handing back. */
const RESERVE_MS = 500;

/**
 * Once the worker drains: lets a render go on that will be done in time, and leaves any other at once, with a
 * checkpoint where there is something to save. Whatever it is, it is left when the grace period ends.
 */
export function leaveInTime(drain: Drain, { pace, checkpoints, leave }: Leaving) {
  let decided = false;
  let last: NodeJS.Timeout | undefined;
  const reason = () => drain.signal.reason as Draining;
  const msLeft = () => Math.max(0, drain.deadline() - Date.now() - RESERVE_MS);

  const look = () => {
    if (decided || !drain.signal.aborted || pace.done) return;
    const seconds = pace.began === 0 ? 0 : (performance.now() - pace.began) / 1000;
    const verdict = fitsGrace({ seconds, value: pace.value }, pace.from ?? 0, msLeft() / 1000);
    if (verdict === 'unknown') return;
    decided = true;
    if (verdict === 'too-long') void saveAndLeave();
  };

  async function saveAndLeave(): Promise<void> {
    const saved = checkpoints.hooks && pace.step > 0 && checkpoints.request();
    if (saved) await Promise.race([saved, new Promise((resolve) => setTimeout(resolve, msLeft()).unref())]);
    leave(reason());
  }

  const onDrain = () => {
    last = setTimeout(() => leave(reason()), msLeft());
    look();
  };
  if (drain.signal.aborted) onDrain();
  else drain.signal.addEventListener('abort', onDrain, { once: true });
  return {
    /** to be called at every progress */
    look,
    stop: () => {
      clearTimeout(last);
      drain.signal.removeEventListener('abort', onDrain);
    },
  };
}
