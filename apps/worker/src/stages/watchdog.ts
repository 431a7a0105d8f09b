/** Thrown when a job ran longer than it may. */
export class RunningTimeout extends Error {
  override readonly name = 'RunningTimeout';
}

/** Thrown when nothing of a job moved for too long. */
export class NoProgress extends Error {
  override readonly name = 'NoProgress';
}

export interface Watchdog {
  readonly signal: AbortSignal;
  /** something moved */
  pat(): void;
  stop(): void;
}

/** Aborts with {@link RunningTimeout} after `runningSeconds`, and with {@link NoProgress} after `idleSeconds` without a pat. */
export function openWatchdog(limits: {
  runningSeconds: number | undefined;
  idleSeconds: number | undefined;
}): Watchdog {
  const { runningSeconds, idleSeconds } = limits;
  const over = new AbortController();
  const after = (seconds: number | undefined, error: () => Error) =>
    seconds === undefined ? undefined : setTimeout(() => over.abort(error()), seconds * 1000);
  const running = after(
    runningSeconds,
    () => new RunningTimeout(`the job ran longer than its limit of ${runningSeconds} s`),
  );
  const idle = after(idleSeconds, () => new NoProgress(`nothing moved for ${idleSeconds} s`));
  return {
    signal: over.signal,
    pat: () => void idle?.refresh(),
    stop: () => {
      clearTimeout(running);
      clearTimeout(idle);
    },
  };
}
