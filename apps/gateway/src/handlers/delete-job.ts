import { json } from '../http/call.ts';
import { withJob } from './with-job.ts';

/** `DELETE /v1/jobs/<id>`: the record and its outputs. Inputs stay: other jobs may share them. */
export const deleteJob = withJob(async (record, _call, { farm, store }) => {
  await farm.jobs.remove(record.spec.id);
  const { video, image, thumbnail, metadata } = record.output ?? {};
  for (const file of [video, image, thumbnail, metadata]) if (file) await store.delete(file.key);
  await store.deletePrefix(`jobs/${record.spec.id}/`);
  return json(200, { id: record.spec.id, object: 'job.deleted', deleted: true });
});
