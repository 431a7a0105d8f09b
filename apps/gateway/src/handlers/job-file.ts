import { FarmError, type OutputKind } from '@worldfarm/core';

import { failureOf } from '../views/outcome.ts';
import { sendObject } from '../views/object-reply.ts';
import { withJob } from './with-job.ts';

/** `GET /v1/jobs/<id>/<kind>`: an output as it lies in storage, by redirect where storage has links. */
export const jobFile = (kind: OutputKind) =>
  withJob(async (record, call, gateway) => {
    if (record.status !== 'succeeded') throw failureOf(record);
    const file = record.output?.[kind];
    if (!file) throw new FarmError('not_found', `the job has no ${kind}`, { jobId: record.spec.id });
    return sendObject(file, call, gateway);
  });
