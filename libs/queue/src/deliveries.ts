import type { SentType } from '@worldfarm/core';

/**
 * - `pending`: to be sent, now or at `nextAt`
 * - `delivered`: the receiver answered 2xx
 * - `dead`: given up; the dead-letter list
 * - `dropped`: nobody wants it any more (the endpoint is gone or disabled, a newer progress took its place)
 */
export type DeliveryStatus = 'pending' | 'delivered' | 'dead' | 'dropped';

/** One try, as the delivery log shows it. */
export interface DeliveryAttempt {
  readonly attempt: number;
  /** the `x-request-id` that it was sent with */
  readonly requestId: string;
  /** ms since the epoch */
  readonly at: number;
  readonly latencyMs: number;
  /** HTTP status of the answer, if one came */
  readonly status?: number;
  /** why there was none, or why it did not count */
  readonly error?: string;
  /** first kilobyte of the answer */
  readonly reply?: string;
  /** ms since the epoch: the next try, if there will be one */
  readonly nextAt?: number;
}

/** One event on its way to one receiver. */
export interface NewDelivery {
  /** `webhook-id`: the same for every receiver and every try */
  readonly eventId: string;
  readonly type: SentType;
  readonly sequence: number;
  /** ms since the epoch: when it happened */
  readonly at: number;
  readonly owner: string;
  readonly job?: string;
  readonly batch?: string;
  /** the standing endpoint; absent for the webhook of a job or batch itself */
  readonly endpoint?: string;
  readonly url: string;
  /** the secret that a job brought for its own webhook */
  readonly secret?: string;
  /** W3C trace context of the job */
  readonly traceparent?: string;
  /** JSON of the body, links to outputs left open */
  readonly body: string;
}

export interface Delivery extends Omit<NewDelivery, 'body'> {
  readonly id: string;
  readonly status: DeliveryStatus;
  /** tries of this round */
  readonly attempts: number;
  /** grows when it is sent again by hand */
  readonly round: number;
  /** order of creation over the whole farm */
  readonly serial: number;
  /** ms since the epoch */
  readonly createdAt: number;
  readonly nextAt?: number;
  readonly endedAt?: number;
  readonly reason?: string;
  /** kept until it is delivered */
  readonly body?: string;
  /** newest last */
  readonly log: readonly DeliveryAttempt[];
}

/** What became of one try, or of a delivery that is not tried at all. */
export interface DeliveryMove {
  readonly status: DeliveryStatus;
  readonly attempt?: DeliveryAttempt;
  readonly nextAt?: number;
  readonly reason?: string;
}

export interface DeliveryFilter {
  readonly job?: string;
  readonly owner?: string;
  readonly status?: DeliveryStatus;
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** pass as `cursor` for the next page; undefined at the end */
  readonly next?: string;
}

/** Every method throws FarmError; `dependency_unavailable` when Redis is away. */
export interface DeliveryStore {
  /**
   * Writes deliveries and queues them. What is there already stays as it is, so that adding twice after a crash
   * is harmless; what was written but not queued is queued.
   * @param delayMs how long the first try waits
   */
  add(deliveries: readonly NewDelivery[], delayMs?: (delivery: NewDelivery) => number): Promise<void>;
  get(id: string): Promise<Delivery | undefined>;
  /** With it, whether an earlier event of the same job is still to be tried first at the same receiver. */
  open(id: string): Promise<{ readonly delivery: Delivery; readonly behind: boolean } | undefined>;
  /** Newest first. */
  list(filter: DeliveryFilter, page: { limit: number; cursor?: string }): Promise<DeliveryPage>;
  /** Writes down what became of a delivery. */
  move(delivery: Delivery, move: DeliveryMove): Promise<void>;
  /** Sends it now, whatever became of it before. @throws FarmError not_found */
  redeliver(id: string, owner?: string): Promise<Delivery>;
  /** The webhook of this job or batch answered 410: nothing more is sent there. */
  markGone(subject: string): Promise<void>;
  isGone(subject: string): Promise<boolean>;
  /** How many wait, are being sent, wait for a later try, and are given up. */
  counts(): Promise<{ waiting: number; active: number; delayed: number; dead: number }>;
}

/** Deterministic, so that the same event read twice makes one delivery. */
export function deliveryId({ eventId, endpoint }: Pick<NewDelivery, 'eventId' | 'endpoint'>): string {
  return `${eventId.replace(/^evt_/, 'dlv_')}_${endpoint ?? 'own'}`;
}
