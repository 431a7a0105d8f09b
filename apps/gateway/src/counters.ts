import type { Metrics } from '@worldfarm/service';

/** What the gateway counts beside its requests. */
export function openCounters(metrics: Metrics) {
  return {
    accepted: metrics.counter('worldfarm_jobs_accepted_total', 'Jobs that were queued', [
      'profile',
      'tier',
      'family',
      'mode',
    ]),
    refused: metrics.counter('worldfarm_requests_refused_total', 'Requests that got an error', ['type']),
  };
}

export type Counters = ReturnType<typeof openCounters>;
