import { setTimeout as wait } from 'node:timers/promises';
import { type UpstreamCall, UpstreamGone } from './http.ts';

const ASK_MS = 2_000;
const PATIENT_MS = 10_000;

/** Whether the server says that it can render. */
export async function isReady(call: UpstreamCall, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { status, body } = await call('GET', path, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENT_MS)]),
    });
    body.resume();
    return status === 200;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Waits until the server is ready, as long as that takes: loading a model of 14 B from a cold cache is half an hour. */
export async function untilReady(call: UpstreamCall, path: string, signal: AbortSignal): Promise<void> {
  while (!(await isReady(call, path, signal))) {
    await wait(ASK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Makes a call, again while the server cannot even be reached: it is being restarted, and has begun nothing. */
export async function whenReady<T>(
  call: UpstreamCall,
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UpstreamGone) || error.sent) throw error;
      await untilReady(call, path, signal);
    }
  }
}
