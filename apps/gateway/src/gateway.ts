import type {
  BatchStore,
  JobEvents,
  JobStore,
  KeyStore,
  ProfileRegistry,
  QueueDepth,
  QueueNumbers,
  Webhooks,
  WorkerRegistry,
} from '@worldfarm/queue';
import type { Logger, Metrics, Tracing } from '@worldfarm/service';
import type { ObjectStore } from '@worldfarm/storage';
import type { Catalogue } from './catalogue.ts';
import type { GatewayConfig } from './config.ts';
import type { Counters } from './counters.ts';
import type { MediaFetcher } from './media/remote.ts';
import type { PromptStages } from './prompt/prepare.ts';

/** The part of the farm in Redis that the gateway uses. */
export interface FarmSide {
  readonly jobs: JobStore;
  readonly batches: BatchStore;
  readonly events: JobEvents;
  readonly workers: WorkerRegistry;
  readonly profiles: ProfileRegistry;
  readonly keys: KeyStore;
  readonly webhooks: Pick<Webhooks, 'endpoints' | 'secrets' | 'deliveries' | 'emit'>;
  depths(): Promise<readonly QueueDepth[]>;
  numbers(): Promise<QueueNumbers>;
  ping(): Promise<void>;
}

/** Everything that handlers reach. `main.ts` makes one; tests make others. */
export interface Gateway {
  readonly config: GatewayConfig;
  readonly farm: FarmSide;
  readonly store: ObjectStore;
  readonly catalogue: Catalogue;
  readonly fetchMedia: MediaFetcher;
  readonly prompts: PromptStages;
  /** aborts when the gateway is about to stop: whoever waits is answered, and their jobs go on */
  readonly closing: AbortSignal;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly counters: Counters;
}
