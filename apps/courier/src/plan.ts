import {
  eventBody,
  eventId,
  eventOfStatus,
  type JobRecord,
  jobEventBody,
  type SentType,
  wantsEvent,
  type WebhookTarget,
} from '@worldfarm/core';
import type { Endpoint, NewDelivery, OutboxEntry } from '@worldfarm/queue';

/** What deliveries are made from. */
export interface Known {
  readonly records: ReadonlyMap<string, JobRecord>;
  readonly endpoints: readonly Endpoint[];
  /** makes a path on the gateway a link */
  readonly link: (path: string) => string;
}

type JobEntry = Extract<OutboxEntry, { kind: 'job' }>;
type Emitted = Extract<OutboxEntry, { kind: 'emitted' }>;
type Receiver = Pick<NewDelivery, 'url' | 'endpoint' | 'secret'>;

/** The deliveries that an event makes: one for each receiver that wants it. */
export function planDeliveries(entry: OutboxEntry, known: Known): NewDelivery[] {
  return entry.kind === 'job' ? planJob(entry, known) : planEmitted(entry, known);
}

/**
 * Leaves out progress that is told better by something newer: a later progress among the same entries, or a job that
 * is not active any more. Ends are never left out.
 */
export function coalesce(entries: readonly OutboxEntry[], records: Known['records']): OutboxEntry[] {
  const newest = new Map<string, number>();
  for (const entry of entries) if (isProgress(entry)) newest.set(entry.job, entry.sequence);
  return entries.filter(
    (entry) =>
      !isProgress(entry) ||
      (newest.get(entry.job) === entry.sequence && records.get(entry.job)?.status === 'active'),
  );
}

function isProgress(entry: OutboxEntry): entry is JobEntry {
  return entry.kind === 'job' && entry.status === 'progress';
}

function planJob(
  { job, status, sequence, at }: JobEntry,
  { records, endpoints, link }: Known,
): NewDelivery[] {
  const record = records.get(job);
  const type = status === 'progress' ? 'job.progress' : eventOfStatus(status);
  if (!record || !type) return [];
  const { owner, webhook, traceparent } = record.spec;
  const receivers = receiversOf(type, { owner, webhook, endpoints });
  if (receivers.length === 0) return [];
  const head = { type, sequence, at, status: status === 'progress' ? ('active' as const) : status };
  const body = JSON.stringify(jobEventBody(record, head, link));
  return receivers.map((receiver) => ({
    eventId: eventId(job, sequence),
    type,
    sequence,
    at,
    owner,
    job,
    ...receiver,
    ...(traceparent !== undefined && { traceparent }),
    body,
  }));
}

function planEmitted({ event }: Emitted, { endpoints }: Known): NewDelivery[] {
  const { type, subject, sequence, at, owner, webhook, data, endpoint } = event;
  const meant = endpoint === undefined ? endpoints : endpoints.filter(({ id }) => id === endpoint);
  const body = JSON.stringify(eventBody({ type, at, sequence }, data));
  return receiversOf(type, { owner, webhook, endpoints: meant }).map((receiver) => ({
    eventId: eventId(subject, sequence),
    type,
    sequence,
    at,
    owner,
    ...(type.startsWith('batch.') && { batch: subject }),
    ...receiver,
    body,
  }));
}

function receiversOf(
  type: SentType,
  { owner, webhook, endpoints }: { owner: string; webhook?: WebhookTarget; endpoints: readonly Endpoint[] },
): Receiver[] {
  const own =
    webhook && wantsEvent(webhook.events, type) ? [{ url: webhook.url, secret: webhook.secret }] : [];
  const standing = endpoints
    .filter((endpoint) => !endpoint.disabled && (endpoint.everybody || endpoint.owner === owner))
    .filter((endpoint) => wantsEvent(endpoint.events, type))
    .map(({ id, url }) => ({ url, endpoint: id }));
  return [...own, ...standing];
}
