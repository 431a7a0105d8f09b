import type { Delivery, DeliveryAttempt, DeliveryFilter, DeliveryStatus, NewDelivery } from './deliveries.ts';

/** The lists that a delivery is on from the start. */
export function listsOf({ job, owner }: Pick<NewDelivery, 'job' | 'owner'>): string[] {
  return ['all', `owner:${owner}`, ...(job ? [`job:${job}`] : [])];
}

/** The smallest list that holds every match. */
export function narrowestList({ job, owner, status }: DeliveryFilter): string {
  if (job !== undefined) return `job:${job}`;
  if (status === 'dead') return 'dead';
  return owner === undefined ? 'all' : `owner:${owner}`;
}

export function matchesFilter(delivery: Delivery, { job, owner, status }: DeliveryFilter): boolean {
  return (
    (job === undefined || delivery.job === job) &&
    (owner === undefined || delivery.owner === owner) &&
    (status === undefined || delivery.status === status)
  );
}

/** The order that a delivery keeps: that of the events of one job at one receiver. */
export function turnOf({
  job,
  batch,
  endpoint,
}: Pick<NewDelivery, 'job' | 'batch' | 'endpoint'>): string | undefined {
  const subject = job ?? batch;
  return subject && `${subject}:${endpoint ?? 'own'}`;
}

/** What is shared by receivers that are dead together: scheme, host and port. */
export function hostOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}

/** A delivery as fields of a Redis hash. */
export function encodeDelivery(delivery: NewDelivery, createdAt: number): Record<string, string> {
  const fields = { ...delivery, createdAt };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}

/** Undefined for an empty hash. */
export function decodeDelivery(id: string, hash: Record<string, string>): Delivery | undefined {
  if (!hash.status || !hash.eventId) return undefined;
  const optional = (name: string) => (hash[name] === undefined ? undefined : Number(hash[name]));
  return {
    id,
    eventId: hash.eventId,
    type: hash.type as Delivery['type'],
    sequence: Number(hash.sequence),
    at: Number(hash.at),
    owner: hash.owner!,
    job: hash.job,
    batch: hash.batch,
    endpoint: hash.endpoint,
    url: hash.url!,
    secret: hash.secret,
    traceparent: hash.traceparent,
    status: hash.status as DeliveryStatus,
    attempts: Number(hash.attempts ?? 0),
    round: Number(hash.round ?? 0),
    serial: Number(hash.serial),
    createdAt: Number(hash.createdAt),
    nextAt: optional('nextAt'),
    endedAt: optional('endedAt'),
    reason: hash.reason,
    body: hash.body,
    log: hash.log === undefined ? [] : (JSON.parse(hash.log) as DeliveryAttempt[]),
  };
}
