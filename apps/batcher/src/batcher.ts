import type { BatchStore, JobStore, ProfileRegistry, Webhooks } from '@worldfarm/queue';
import type { Logger, Tracing } from '@worldfarm/service';
import type { ObjectStore } from '@worldfarm/storage';
import type { BatcherConfig } from './config.ts';
import type { Reader } from './inputs/reader.ts';

/** Everything that the stages of a batch reach. */
export interface Batcher {
  readonly config: BatcherConfig;
  readonly farm: {
    readonly batches: BatchStore;
    readonly jobs: JobStore;
    readonly profiles: Pick<ProfileRegistry, 'list'>;
    readonly webhooks: Pick<Webhooks, 'emit'>;
  };
  readonly store: ObjectStore;
  /** what rows name: objects, prefixes, URLs */
  readonly reader: Reader;
  readonly tracing: Tracing;
  readonly logger: Logger;
  /** a folder of this process */
  readonly scratch: string;
}
