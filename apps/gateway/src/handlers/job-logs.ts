import { json } from '../http/call.ts';
import { withJob } from './with-job.ts';

/** `GET /v1/jobs/<id>/logs`. */
export const jobLogs = withJob(async (record, _call, { farm }) => {
  const lines = await farm.jobs.logs(record.spec.id);
  return json(200, {
    object: 'list',
    data: lines.map(({ at, ...line }) => ({ time: new Date(at).toISOString(), ...line })),
  });
});
