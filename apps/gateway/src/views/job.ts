import { type JobRecord, type JobView, jobView, outputKeys } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';

/**
 * Makes the view of a record with what has to be asked for: its place in the queue, URLs, the native size.
 *
 * @param place false: the queue is not asked, which lists of a thousand jobs would feel
 */
export async function viewJob(
  record: JobRecord,
  gateway: Gateway,
  { place = true }: { place?: boolean } = {},
): Promise<JobView> {
  const { farm, catalogue } = gateway;
  const asks = place && record.status === 'queued';
  const [position, profile, urls] = await Promise.all([
    asks ? farm.jobs.position(record.spec.id).catch(() => undefined) : undefined,
    catalogue.need(record.spec.profile).catch(() => undefined),
    presign(record, gateway),
  ]);
  return jobView(record, {
    position,
    etaSeconds: etaSeconds(record, Date.now()),
    native: profile?.native,
    url: (file, kind) => urls.get(file.key) ?? `/v1/jobs/${record.spec.id}/${kind}`,
  });
}

/** Less than this much done says nothing about the rest. */
const TELLING = 0.05;

/** Seconds that a running job still takes if it goes on as it went so far. */
export function etaSeconds({ status, startedAt, progress }: JobRecord, now: number): number | undefined {
  if (status !== 'active' || startedAt === undefined || progress.value < TELLING) return undefined;
  const soFar = Math.max(0, now - startedAt) / 1000;
  return Math.round((soFar * (1 - progress.value)) / progress.value);
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
