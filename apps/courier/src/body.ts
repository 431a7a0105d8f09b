import {
  type EventBody,
  eventOfStatus,
  JOB_STATUSES,
  type JobRecord,
  jobEventBody,
  OUTPUT_KINDS,
} from '@worldfarm/core';
import type { Delivery } from '@worldfarm/queue';

export interface BodySources {
  readonly job: (id: string) => Promise<JobRecord | undefined>;
  /** a link that reads an output without us, made now; undefined where there is none */
  readonly presign: (key: string) => Promise<string | undefined>;
  readonly link: (path: string) => string;
}

/**
 * The text to send now. Links to outputs are made afresh for each try, since they run out before retries do.
 * Undefined when it was dropped after an earlier delivery and the job is gone since.
 */
export async function bodyOf(delivery: Delivery, sources: BodySources): Promise<string | undefined> {
  const kept =
    delivery.body === undefined ? await rebuild(delivery, sources) : (JSON.parse(delivery.body) as EventBody);
  if (!kept) return undefined;
  const output = kept.data.output as Record<string, { key?: string; url?: string }> | undefined;
  if (!output) return delivery.body ?? JSON.stringify(kept);
  const fresh = { ...output };
  for (const kind of OUTPUT_KINDS) {
    const file = output[kind];
    const url = file?.key && (await sources.presign(file.key));
    if (file && url) fresh[kind] = { ...file, url };
  }
  return JSON.stringify({ ...kept, data: { ...kept.data, output: fresh } });
}

async function rebuild({ type, sequence, at, job }: Delivery, { job: find, link }: BodySources) {
  const record = job === undefined ? undefined : await find(job);
  if (!record) return undefined;
  const status = JOB_STATUSES.find((each) => eventOfStatus(each) === type) ?? 'active';
  return jobEventBody(record, { type, sequence, at, status }, link);
}
