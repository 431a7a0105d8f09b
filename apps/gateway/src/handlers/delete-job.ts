import { json } from '../http/call.ts';
import { removeJob } from '../submit/remove-job.ts';
import { withJob } from './with-job.ts';

/** `DELETE /v1/jobs/<id>`: the record and its outputs. Inputs stay: other jobs may share them. */
export const deleteJob = withJob(async (record, _call, gateway) => {
  await removeJob(record, gateway);
  return json(200, { id: record.spec.id, object: 'job.deleted', deleted: true });
});
