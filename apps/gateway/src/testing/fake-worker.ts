import { createHash } from 'node:crypto';
import { FarmError, type JobRecord, TIERS } from '@worldfarm/core';
import { type Claim, openFarm } from '@worldfarm/queue';
import type { TestGateway } from './harness.ts';

export interface FakeWorkerOptions {
  readonly profile?: string;
  /** makes the file; a throw fails the job with its message */
  readonly render?: (record: JobRecord, claim: Claim) => Promise<Uint8Array> | Uint8Array;
  readonly type?: string;
}

export interface FakeWorker {
  stop(): Promise<void>;
}

const CLIP = Buffer.from('not a real video, but bytes that can be compared');

/** Pulls jobs and publishes files, as a worker does, without a model. */
export function startFakeWorker(
  { gateway: { store, config }, prefix }: TestGateway,
  { profile = 'kernel-world', render = () => CLIP, type = 'video/mp4' }: FakeWorkerOptions = {},
): FakeWorker {
  const farm = openFarm({ url: config.redisUrl, prefix, patience: 'wait' });
  const lane = farm.openLane({
    worker: 'fake',
    queues: TIERS.map((tier) => ({ profile, tier, weight: 1 })),
    lockMs: 10_000,
    stalledMs: 10_000,
  });
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      const claim = await lane.next(stop.signal);
      await finish(claim).catch(() => claim.release());
    }
  })().catch(() => {});

  async function finish(claim: Claim): Promise<void> {
    const { spec, attempt } = claim.record;
    try {
      const bytes = await render(claim.record, claim);
      const key = `jobs/${spec.id}/${attempt}/video.mp4`;
      await store.put(key, bytes, { contentType: type });
      const file = {
        key,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        type,
      };
      const { width, height, frames, fps } = spec.plan;
      const video = { ...file, width, height, frames, fps, codec: 'h264', seconds: frames / fps };
      const output = spec.mode === 'text2image' ? { image: { ...file, width, height } } : { video };
      await claim.succeed({ output, metrics: { render_seconds: 0.1 } });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const type = error instanceof FarmError ? error.type : 'render_failed';
      await claim.fail({ type, message }, { retry: false, countAttempt: true });
    }
  }

  return {
    async stop() {
      stop.abort(new Error('stopped'));
      await loop;
      await lane.close();
      await farm.close();
    },
  };
}
