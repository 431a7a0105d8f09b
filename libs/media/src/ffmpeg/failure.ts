import { FarmError } from '@worldfarm/core';
import type { Plan } from './plan.ts';

/** Enough to see what went wrong; a broken file can make ffmpeg talk without end. */
const TAIL_CHARACTERS = 4_000;

/** ffmpeg ended badly. For logs only: its words can hold paths. */
export class FfmpegExit extends Error {
  override readonly name = 'FfmpegExit';
  readonly stderrTail: string;

  constructor(cause: Error, stderr: string | null) {
    super(cause.message.slice(-TAIL_CHARACTERS), { cause });
    this.stderrTail = (stderr ?? '').slice(-TAIL_CHARACTERS);
  }

  /** The shell's way of saying that there is no such program. */
  get isMissingProgram(): boolean {
    return /exited with code 12[67]\b|Cannot find ff|ENOENT/.test(this.message);
  }
}

/** What the caller hears of a failed run: never ffmpeg's own words. */
export function translateFailure(failure: Plan['failure'], error: unknown, timedOut: boolean): unknown {
  if (error instanceof FfmpegExit && error.isMissingProgram) {
    return new FarmError('dependency_unavailable', 'ffmpeg does not run.', { cause: error });
  }
  const message = timedOut ? `${failure.message} It took too long.` : failure.message;
  return new FarmError(failure.type, message, { cause: error });
}
