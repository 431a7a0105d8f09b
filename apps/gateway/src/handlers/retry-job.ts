import { viewJob } from '../views/job.ts';
import { json } from '../http/call.ts';
import { withJob } from './with-job.ts';

/** `POST /v1/jobs/<id>/retry`: failed, canceled or expired back into the queue. */
export const retryJob = withJob(async (record, _call, gateway) =>
  json(202, await viewJob(await gateway.farm.jobs.retry(record.spec.id), gateway), {
    Location: `/v1/jobs/${record.spec.id}`,
  }),
);
