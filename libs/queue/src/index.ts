export type * from './api.ts';
export {
  type BatchLead,
  type BatchPage,
  type BatchRecord,
  type BatchStore,
  type BatchWish,
  LeadLost,
  type OpenJob,
  type RowMove,
} from './batch-api.ts';
export { ClaimLost } from './claim.ts';
export {
  type Delivery,
  type DeliveryAttempt,
  type DeliveryFilter,
  type DeliveryMove,
  type DeliveryPage,
  type DeliveryStatus,
  type DeliveryStore,
  deliveryId,
  type NewDelivery,
} from './deliveries.ts';
export type { Carrier, CarrierOptions, Carry, CarryVerdict, Pulled } from './deliveries-queue.ts';
export { hostOf } from './deliveries-record.ts';
export type { Endpoint, EndpointStore, NewEndpoint } from './endpoints.ts';
export type { SecretStore } from './endpoints-secrets.ts';
export { type Farm, type FarmOptions, openFarm } from './farm.ts';
export type { ApiKey, KeyLimits, KeyStore, NewKey } from './keys.ts';
export type { Lane, LaneOptions } from './lane.ts';
export type { EmittedEvent, OutboxEntry, OutboxReader, ReaderOptions } from './outbox.ts';
export type { Reconciled, Reconciler, ReconcilerOptions } from './reconcile.ts';
export type { Webhooks } from './webhooks.ts';
export type { WeightedQueue } from './rotation.ts';
