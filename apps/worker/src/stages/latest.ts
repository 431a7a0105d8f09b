/**
 * Sends values one at a time; while one is on its way, only the newest of those that come is kept.
 * Progress may be reported faster than Redis answers.
 */
export function latest<T>(send: (value: T) => Promise<void>): (value: T) => void {
  let waiting: { value: T } | undefined;
  let busy = false;
  const next = async () => {
    busy = true;
    while (waiting) {
      const { value } = waiting;
      waiting = undefined;
      await send(value);
    }
    busy = false;
  };
  return (value) => {
    waiting = { value };
    if (!busy) void next();
  };
}
