import { setTimeout as wait } from 'node:timers/promises';
import { FarmError } from '@worldfarm/core';

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

export interface Patience {
  readonly signal: AbortSignal;
  /** how long a dependency may be away before the job goes back into the queue */
  readonly seconds: number;
  readonly onWait?: () => void;
}

/**
 * Calls again while a dependency is away: what has been rendered is worth waiting with.
 * @throws the call's last error when patience ends; the signal's reason
 */
export async function patiently<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  const { signal, seconds, onWait } = patience;
  const until = Date.now() + seconds * 1000;
  for (let delay = FIRST_MS; ; delay = Math.min(2 * delay, LONGEST_MS)) {
    try {
      return await call();
    } catch (error) {
      const away = error instanceof FarmError && error.type === 'dependency_unavailable';
      if (!away || signal.aborted || Date.now() + delay > until) throw error;
      onWait?.();
      await wait(delay, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
