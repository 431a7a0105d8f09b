/**
 * Counts failures in a row that are likely this worker's own fault: of different jobs, none of which had failed
 * elsewhere before. So one customer's broken jobs block nobody, and a broken machine blocks itself.
 */
export function openStreak(limit: number) {
  const jobs = new Set<string>();
  return {
    succeeded: () => jobs.clear(),
    failed(job: string, failedElsewhere: boolean): void {
      if (!failedElsewhere) jobs.add(job);
    },
    /** how many, once it is too many; undefined before */
    tooMany: (): number | undefined => (limit > 0 && jobs.size >= limit ? jobs.size : undefined),
  };
}
