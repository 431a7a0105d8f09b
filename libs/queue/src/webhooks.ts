import type { Connection } from './connection.ts';
import type { DeliveryStore } from './deliveries.ts';
import {
  type Carrier,
  type CarrierOptions,
  type Carry,
  openCarrier,
  openDeliveryQueue,
} from './deliveries-queue.ts';
import { openDeliveries } from './deliveries-store.ts';
import { type EndpointStore, openEndpoints } from './endpoints.ts';
import { openSecrets, type SecretStore } from './endpoints-secrets.ts';
import {
  type EmittedEvent,
  openOutbox,
  type Outbox,
  type OutboxReader,
  type ReaderOptions,
} from './outbox.ts';

/** All of webhooks that goes through Redis. */
export interface Webhooks {
  readonly endpoints: EndpointStore;
  readonly secrets: SecretStore;
  readonly deliveries: DeliveryStore;
  /** Tells of what is no move of a job: `batch.completed`, `webhook.test`. */
  emit(event: EmittedEvent): Promise<void>;
  /** The couriers' side: events in. */
  openReader(options: ReaderOptions): OutboxReader;
  /** The couriers' side: deliveries out. */
  openCarrier(carry: Carry, options: CarrierOptions): Carrier;
  /** Events that wait for a courier. */
  outboxLength: Outbox['length'];
  close(): Promise<void>;
}

export function openWebhooks(connection: Connection): Webhooks {
  const outbox = openOutbox(connection);
  const queue = openDeliveryQueue(connection);
  return {
    endpoints: openEndpoints(connection),
    secrets: openSecrets(connection),
    deliveries: openDeliveries(connection, queue),
    emit: outbox.emit,
    openReader: outbox.openReader,
    openCarrier: (carry, options) => openCarrier(connection, carry, options),
    outboxLength: outbox.length,
    close: queue.close,
  };
}
