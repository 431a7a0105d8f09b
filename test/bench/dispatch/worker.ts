import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Farm } from '@worldfarm/queue';
import { createLogger } from '@worldfarm/service';
import { type ObjectStore, openFolderStore } from '@worldfarm/storage';
import { until } from '@worldfarm/test-support';
import {
  createWorker,
  type LaneWorker,
  openInputCache,
  openProfileEngine,
  readWorkerConfig,
  type WorkerSignals,
} from '@worldfarm/worker';
import { readProfile } from '@worldfarm/diffusion';

export interface BenchWorker {
  readonly worker: LaneWorker;
  stop(): Promise<void>;
}

const NO_SIGNALS: WorkerSignals = {
  begin: () => ({}),
  part: () => {},
  step: () => {},
  attempt: () => {},
  resumed: () => {},
  checkpoint: () => {},
  lane: () => {},
  ready: () => {},
};

interface BenchOptions {
  readonly signals?: Partial<WorkerSignals>;
  /** changes the folder store, which is the worker's own */
  readonly wrap?: (store: ObjectStore) => ObjectStore;
}

/** A whole worker in this process, on a folder store of its own. */
export async function startWorker(
  farm: Farm,
  profileFolder: string,
  { signals = {}, wrap = (store) => store }: BenchOptions = {},
): Promise<BenchWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-bench-'));
  const store = wrap(await openFolderStore({ root: join(folder, 'store') }));
  const logger = createLogger({ name: 'bench', level: 'silent', json: true });
  const profile = await readProfile(profileFolder);
  const config = readWorkerConfig({ WORLDFARM_WORKER_PROFILES: profile.id });
  const worker = createWorker({
    config,
    farm,
    store,
    logger,
    scratch: folder,
    version: 'bench',
    signals: { ...NO_SIGNALS, ...signals },
    inputs: await openInputCache(store, join(folder, 'inputs')),
    openEngine: (_id, signal) =>
      openProfileEngine({ folder: profileFolder, profile, logger, onnx: {}, signal }),
  });
  const ended = worker.run();
  await until('the worker to be ready', () => worker.info().status === 'ready', 180_000);
  return {
    worker,
    async stop() {
      await worker.drain('bench over');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const NULL_PROFILE = fileURLToPath(new URL('../../fixtures/profiles/null', import.meta.url));
export const KERNEL_WORLD = fileURLToPath(new URL('../../../profiles/kernel-world', import.meta.url));
