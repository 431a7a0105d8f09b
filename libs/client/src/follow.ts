import { setTimeout as wait } from 'node:timers/promises';
import { isTerminal } from '@worldfarm/core';
import { ApiError } from './error.ts';
import type { Send } from './http.ts';
import { readEvents } from './sse.ts';
import type { Job } from './types.ts';

const RECONNECT_MS = 1000;

/**
 * Yields a job at each of its changes and ends after its last. A stream that breaks is taken up again where it
 * was.
 *
 * @throws ApiError when the job is not there; the signal's reason when aborted
 */
export async function* followJob(send: Send, id: string, signal?: AbortSignal): AsyncGenerator<Job> {
  let last: string | undefined;
  while (true) {
    const response = await send({
      method: 'GET',
      path: `/v1/jobs/${encodeURIComponent(id)}/events`,
      signal,
      headers: { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) },
    });
    if (response.status === 204 || !response.body) return;
    try {
      for await (const event of readEvents(response.body)) {
        last = event.id ?? last;
        const job = JSON.parse(event.data) as Job;
        yield job;
        if (isTerminal(job.status)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError || error instanceof SyntaxError) throw error;
    }
    await wait(RECONNECT_MS, undefined, { signal });
  }
}
