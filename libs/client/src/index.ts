export {
  type Batch,
  type BatchClient,
  type BatchItem,
  createBatchClient,
  type DatasetFile,
} from './batches.ts';
export { createClient, type FarmClient } from './client.ts';
export { ApiError } from './error.ts';
export type { HttpOptions } from './http.ts';
export type { Job, JobList, SubmitOptions, WorkerView } from './types.ts';
export {
  verifyWebhook,
  type WebhookEvent,
  type WebhookHeaders,
  type WebhookMemory,
  WebhookRefused,
  webhookMemory,
} from './webhook.ts';
export {
  createWebhookClient,
  type WebhookClient,
  type WebhookDelivery,
  type WebhookSecretReply,
} from './webhook-api.ts';
