import { type JobSpec, newWebhookSecret, type WebhookTarget } from '@worldfarm/core';
import { type Delivery, type Farm, openFarm } from '@worldfarm/queue';
import {
  createLogger,
  createMetrics,
  NO_TRACING,
  openOutbound,
  type OutboundOptions,
} from '@worldfarm/service';
import { aJob, until } from '@worldfarm/test-support';
import { type CourierOptions, startCourier } from '../courier.ts';
import { type Behaviour, type Receiver, startReceiver } from './receiver.ts';

/** A farm with a courier in this process, and receivers that it may reach. */
export interface Rig {
  readonly farm: Farm;
  receiver(behave: Behaviour): Promise<Receiver>;
  /** submits a job with a webhook and cancels it: one terminal event */
  endJob(webhook: WebhookTarget, over?: Partial<JobSpec>): Promise<string>;
  /** the deliveries of a job, oldest first, once `done` holds for them */
  deliveriesOf(job: string, done: (deliveries: readonly Delivery[]) => boolean): Promise<readonly Delivery[]>;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly url: string;
  readonly prefix: string;
  readonly outbound?: OutboundOptions;
  readonly presign?: (key: string) => Promise<string | undefined>;
  readonly courier?: Partial<CourierOptions>;
}

export const secret = newWebhookSecret();

export function startRig({ url, prefix, outbound: given, presign, courier: over }: RigOptions): Rig {
  const farm = openFarm({ url, prefix, patience: 'wait' });
  const outbound = openOutbound(given ?? { allow: ['127.0.0.1'] });
  const courier = startCourier(
    {
      concurrency: 32,
      perHost: 8,
      timeoutMs: 400,
      lockMs: 5_000,
      stalledMs: 5_000,
      publicUrl: 'https://farm.example',
      version: 'test',
      ...over,
    },
    {
      farm,
      outbound,
      presign: presign ?? (async () => undefined),
      metrics: createMetrics({ processMetrics: false }),
      tracing: NO_TRACING,
      logger: createLogger({ name: 'courier', level: 'fatal', json: true }),
    },
  );
  const receivers: Receiver[] = [];
  return {
    farm,
    async receiver(behave) {
      const receiver = await startReceiver(behave);
      receivers.push(receiver);
      return receiver;
    },
    async endJob(webhook, jobOver = {}) {
      const { record } = await farm.jobs.submit(aJob({ webhook, ...jobOver }));
      await farm.jobs.cancel(record.spec.id);
      return record.spec.id;
    },
    deliveriesOf: (job, done) =>
      until(`deliveries of ${job}`, async () => {
        const { deliveries } = await farm.webhooks.deliveries.list({ job }, { limit: 100 });
        const oldestFirst = deliveries.toReversed();
        return done(oldestFirst) && oldestFirst;
      }),
    async close() {
      await courier.close();
      await outbound.close();
      await Promise.all(receivers.map((receiver) => receiver.close()));
      await farm.close();
    },
  };
}
