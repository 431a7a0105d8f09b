import '../session/no-telemetry.ts';
import { Worker } from 'node:worker_threads';
import type { FrameGuardSpec, Size } from '@worldfarm/core';
import { EngineError, ProfileError } from '../errors.ts';
import type { SessionOptions } from '../session/session.ts';
import type { Answer, GuardData, Question } from './protocol.ts';

/** A classifier of frames, in a thread of its own. */
export interface FrameGuard {
  /** The highest probability that a frame shows what it must not. @throws EngineError */
  score(frame: Uint8Array, size: Size): Promise<number>;
  close(): Promise<void>;
}

/**
 * Loads a profile's frame classifier.
 * @throws ProfileError naming the file that cannot be loaded
 */
export async function openFrameGuard(
  dir: string,
  spec: FrameGuardSpec,
  options: SessionOptions = {},
): Promise<FrameGuard> {
  const worker = new Worker(new URL('./host.ts', import.meta.url), {
    workerData: { dir, spec, options } satisfies GuardData,
    name: 'frame-guard',
  });
  const waiting = new Map<number, PromiseWithResolvers<number>>();
  const expect = (id: number) => {
    const answer = Promise.withResolvers<number>();
    waiting.set(id, answer);
    return answer.promise;
  };
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('score' in answer) asked?.resolve(answer.score);
    else asked?.reject(new EngineError(answer.problem));
  });
  let gone: EngineError | undefined;
  const lost = (reason: string) => {
    gone ??= new EngineError(`the frame guard ${reason}`, { deviceFault: true });
    for (const asked of waiting.values()) asked.reject(gone);
    waiting.clear();
  };
  worker.on('error', (error) => lost(error.message));
  worker.on('exit', (code) => lost(`ended with code ${code}`));

  await expect(0).catch(async (error: Error) => {
    await worker.terminate();
    throw new ProfileError(spec.file, error.message, { cause: error });
  });
  let last = 0;
  return {
    async score(frame, size) {
      if (gone) throw gone;
      const id = ++last;
      const score = expect(id);
      // A view would be sent with all of the memory that it looks into.
      const copy = Uint8Array.from(frame);
      worker.postMessage({ id, frame: copy, size } satisfies Question, [copy.buffer]);
      return score;
    },
    close: async () => void (await worker.terminate()),
  };
}
