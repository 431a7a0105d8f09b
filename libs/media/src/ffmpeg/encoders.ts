import { listEncoders } from './run.ts';

let known: Promise<string[]> | undefined;

/** The encoders of this ffmpeg, asked once a process; a failed question is asked again. */
export function encoderNames(): Promise<string[]> {
  known ??= listEncoders().catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}
