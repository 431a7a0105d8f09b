import { Readable } from 'node:stream';
import { isTerminal } from '@worldfarm/core';
import { eventStream, snapshotId } from '../views/event-stream.ts';
import { viewJob } from '../views/job.ts';
import { withJob } from './with-job.ts';

/** `GET /v1/jobs/<id>/events`: the whole job at every change, until it has ended. */
export const jobEvents = withJob((record, call, gateway) => {
  const seen = call.headers['last-event-id'];
  // Browsers reconnect after the end of a stream; 204 is how they are told that there is no more.
  if (isTerminal(record.status) && seen === snapshotId(record)) return { status: 204 };
  const until = AbortSignal.any([call.signal, gateway.closing]);
  const stream = eventStream(gateway.farm.events.watch(record.spec.id, until), {
    seen,
    commentMs: gateway.config.eventCommentMs,
    view: (each) => viewJob(each, gateway),
  });
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    },
    body: Readable.from(stream, { objectMode: false }),
  };
});
