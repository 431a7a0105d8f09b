/**
 * Measures the longest stretch of this thread's own work between two turns of its event loop, in milliseconds. Its
 * processor time is counted, not the clock: on a crowded machine a thread also waits for its turn, which is nobody's
 * blocking.
 */
export function watchLoop(): { stop(): number } {
  let longest = 0;
  let last = process.threadCpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
  }, 1);
  return {
    stop() {
      clearInterval(timer);
      return longest;
    },
  };
}
