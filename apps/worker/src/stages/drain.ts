/** Why a worker stops a render that it could have finished. */
export class Draining extends Error {
  override readonly name = 'Draining';
}

/** A worker that has been asked to stop: `signal` aborts with a {@link Draining}, `deadline` is when grace ends. */
export interface Drain {
  readonly signal: AbortSignal;
  /** ms since the epoch; Infinity until the signal aborts */
  deadline(): number;
}

export interface Pace {
  /** since the render began */
  readonly seconds: number;
  /** 0 to 1 */
  readonly value: number;
}

/** Below this share of a render its pace says nothing yet. */
const TELLING = 0.03;
/** Renders are not even, and encode and upload come after them. */
const MARGIN = 1.2;
const AFTERWARDS_SECONDS = 1;

/**
 * Whether what is left of a render fits into the time that is left. `unknown` while too little of it is done.
 * A render that was resumed did not do its first part here: `from` is where it began.
 */
export function fitsGrace(pace: Pace, from: number, graceSeconds: number): 'fits' | 'too-long' | 'unknown' {
  const done = pace.value - from;
  if (done < TELLING) return 'unknown';
  const left = (pace.seconds / done) * (1 - pace.value) * MARGIN + AFTERWARDS_SECONDS;
  return left <= graceSeconds ? 'fits' : 'too-long';
}
