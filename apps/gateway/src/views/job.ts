import { type JobRecord, type JobView, jobView, outputKeys } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';

/** Makes the view of a record with what has to be asked for: its place in the queue, URLs, the native size. */
export async function viewJob(record: JobRecord, gateway: Gateway): Promise<JobView> {
  const { farm, catalogue } = gateway;
  const queued = record.status === 'queued';
  const [position, profile, urls] = await Promise.all([
    queued ? farm.jobs.position(record.spec.id).catch(() => undefined) : undefined,
    catalogue.need(record.spec.profile).catch(() => undefined),
    presign(record, gateway),
  ]);
  return jobView(record, {
    position,
    native: profile?.native,
    url: (file, kind) => urls.get(file.key) ?? `/v1/jobs/${record.spec.id}/${kind}`,
  });
}

/** Presigned URLs are made when they are read: they outlive nothing. */
async function presign({ output }: JobRecord, { store, config }: Gateway): Promise<Map<string, string>> {
  const pairs = await Promise.all(
    outputKeys(output).map(async (key) => {
      const url = await store.presignGet(key, { expiresIn: config.presignSeconds });
      return url ? ([key, url.href] as const) : undefined;
    }),
  );
  return new Map(pairs.filter((pair) => pair !== undefined));
}
