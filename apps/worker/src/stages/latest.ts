/** What is told no more often than this is still seen moving. */
const EVERY_MS = 100;

/** Sends values that replace one another. */
export interface Latest<T> {
  tell(value: T): void;
  /** Sends nothing more; what waits is dropped. */
  stop(): void;
}

/**
 * Sends values one at a time and with a pause before each; only the newest of those that come meanwhile is sent.
 * Progress may be reported faster than Redis answers or anybody looks, and a job of milliseconds needs none.
 */
export function latest<T>(send: (value: T) => Promise<void>, everyMs = EVERY_MS): Latest<T> {
  let waiting: { value: T } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = async () => {
    const { value } = waiting!;
    waiting = undefined;
    await send(value);
    timer = undefined;
    if (waiting) arm();
  };
  const arm = () => {
    if (!stopped) timer ??= setTimeout(next, everyMs);
  };
  return {
    tell(value) {
      waiting = { value };
      arm();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
