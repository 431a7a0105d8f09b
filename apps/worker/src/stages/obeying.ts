import { EngineFault } from '../engines/engine.ts';

/** A render that was told to stop and has not by then is stuck in its device. */
const PATIENCE_MS = 30_000;

/** What `work` settles to; an EngineFault when it does not settle within a while after the signal aborted. */
export async function obeying<T>(
  work: Promise<T>,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = Promise.withResolvers<never>();
  const onAbort = () => {
    timer = setTimeout(() => {
      stuck.reject(new EngineFault('device_fault', 'the engine does not stop'));
    }, patienceMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, stuck.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    work.catch(() => {});
  }
}
