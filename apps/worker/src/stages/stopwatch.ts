/** Seconds from lap to lap. */
export function stopwatch() {
  let last = performance.now();
  const laps: Record<string, number> = {};
  return {
    laps,
    lap(name: string): number {
      const now = performance.now();
      const seconds = (now - last) / 1000;
      laps[name] = seconds;
      last = now;
      return seconds;
    },
  };
}
