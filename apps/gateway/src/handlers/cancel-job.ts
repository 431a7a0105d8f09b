import { json } from '../http/call.ts';
import { viewJob } from '../views/job.ts';
import { withJob } from './with-job.ts';

/** `POST /v1/jobs/<id>/cancel`. Canceling twice is no error. */
export const cancelJob = withJob(async (record, _call, gateway) => {
  const canceled = record.status === 'canceled' ? record : await gateway.farm.jobs.cancel(record.spec.id);
  return json(200, await viewJob(canceled, gateway));
});
