import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFarm } from '@worldfarm/queue';
import { createLogger, createMetrics, onShutdown, openTracing } from '@worldfarm/service';
import { openStore } from '@worldfarm/storage';
import { readConfig } from './config.ts';
import { openProfileEngine } from './engines/registry.ts';
import { serveHealth } from './health.ts';
import { openShelf } from './shelf.ts';
import { openSignals } from './signals.ts';
import { openInputCache } from './stages/inputs.ts';
import { openJobTraces } from './traces.ts';
import { createWorker } from './worker.ts';

const VERSION = '0.1.0';

const config = readConfig();
const logger = createLogger({ name: 'worker', ...config.log }).child({ worker: config.id });
const tracing = await openTracing(config.tracing, { name: 'worldfarm-worker', version: VERSION, logger });
const farm = openFarm({ url: config.redisUrl, prefix: config.redisPrefix, patience: 'wait' });
const store = await openStore(config.store);
const scratchRoot = config.scratch ?? tmpdir();
await mkdir(scratchRoot, { recursive: true });
const scratch = await mkdtemp(join(scratchRoot, 'worldfarm-worker-'));
const metrics = createMetrics();
const shelf = await openShelf(config).catch((error: unknown) => {
  logger.fatal({ err: error }, 'the worker cannot start');
  process.exit(1);
});

const onnx = {
  providers: config.providers,
  deviceId: config.deviceId,
  threads: config.threads,
  cacheDir: config.cacheFolder,
  warmUp: config.warmUp,
};
const worker = createWorker({
  config: { ...config, profiles: shelf.ids },
  farm,
  store,
  logger,
  scratch,
  version: VERSION,
  signals: openSignals(metrics, openJobTraces(tracing, config.id)),
  inputs: await openInputCache(store, join(scratch, 'inputs'), config.inputCacheBytes),
  openEngine: async (id, signal) => {
    const folder = shelf.folderOf(id);
    const { upstream } = config;
    return openProfileEngine({ folder, profile: await shelf.read(id), logger, onnx, upstream, signal });
  },
});
const health = config.http && (await serveHealth({ ...config.http, worker, metrics }));

onShutdown((signal) => worker.drain(signal), { logger, graceSeconds: config.graceSeconds + 30 });
try {
  await worker.run();
} catch (error) {
  logger.fatal({ err: error }, 'the worker cannot go on');
  process.exitCode = 1;
} finally {
  health?.close();
  await rm(scratch, { recursive: true, force: true });
  await farm.close();
  store.close();
  await tracing.close();
  // An engine whose thread is stuck in its device would keep the process from ending, and its supervisor from helping.
  if (process.exitCode) process.exit();
}
