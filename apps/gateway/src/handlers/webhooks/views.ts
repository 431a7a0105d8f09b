import type { Delivery, DeliveryAttempt, Endpoint } from '@worldfarm/queue';

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** A delivery with its log, newest try last. */
export function deliveryView(delivery: Delivery) {
  return {
    id: delivery.id,
    object: 'webhook.delivery' as const,
    status: delivery.status,
    webhook_id: delivery.eventId,
    type: delivery.type,
    sequence: delivery.sequence,
    job: delivery.job,
    batch: delivery.batch,
    endpoint: delivery.endpoint,
    url: delivery.url,
    created_at: iso(delivery.createdAt),
    ended_at: iso(delivery.endedAt),
    next_attempt_at: iso(delivery.nextAt),
    reason: delivery.reason,
    attempts: delivery.log.map(attemptView),
  };
}

function attemptView({ attempt, requestId, at, latencyMs, status, error, reply, nextAt }: DeliveryAttempt) {
  return {
    attempt,
    request_id: requestId,
    at: iso(at),
    latency_ms: latencyMs,
    status,
    error,
    reply,
    next_attempt_at: iso(nextAt),
  };
}

/** An endpoint without its secret. */
export function endpointView(endpoint: Endpoint) {
  return {
    id: endpoint.id,
    object: 'webhook.endpoint' as const,
    status: endpoint.disabled ? ('disabled' as const) : ('enabled' as const),
    url: endpoint.url,
    events: endpoint.events,
    everybody: endpoint.everybody,
    description: endpoint.description,
    created_at: iso(endpoint.createdAt),
    disabled: endpoint.disabled && { at: iso(endpoint.disabled.at), reason: endpoint.disabled.reason },
    previous_secret_until: iso(endpoint.secret.previousUntil),
  };
}
