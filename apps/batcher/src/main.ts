import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openFarm } from '@worldfarm/queue';
import {
  answers,
  createLogger,
  createMetrics,
  onShutdown,
  openOutbound,
  openTracing,
  serveHealth,
  whileRedisAnswers,
} from '@worldfarm/service';
import { openStore } from '@worldfarm/storage';
import { readConfig } from './config.ts';
import { openReader } from './inputs/reader.ts';
import { leadBatches } from './leader.ts';

const VERSION = '0.1.0';

const config = readConfig();
const logger = createLogger({ name: 'batcher', ...config.log });
const tracing = await openTracing(config.tracing, { name: 'worldfarm-batcher', version: VERSION, logger });
const farm = openFarm({ url: config.redisUrl, prefix: config.redisPrefix, patience: 'wait' });
const store = await openStore(config.store);
const outbound = openOutbound({ allow: config.allowPrivate, proxy: config.proxy });
await mkdir(config.scratch, { recursive: true });
const scratch = await mkdtemp(join(config.scratch, 'worldfarm-batcher-'));
const reader = openReader({
  store,
  storeUrl: config.store,
  buckets: config.buckets,
  outbound,
  allowUrls: config.allowUrls,
  openStore,
});

const stop = new AbortController();
const metrics = createMetrics();
const led = metrics.gauge('worldfarm_batches_led', 'Batches that this process leads');
const running = leadBatches({ config, farm, store, reader, tracing, logger, scratch }, stop.signal, (count) =>
  led.set(count),
);
const health =
  config.http &&
  (await serveHealth({ ...config.http, metrics, live: answers, ready: whileRedisAnswers(farm.ping) }));
logger.info('looking for batches');

onShutdown(
  async () => {
    stop.abort(new Error('the process ends'));
    await running;
    health?.close();
    await rm(scratch, { recursive: true, force: true });
    await outbound.close();
    await farm.close();
    store.close();
    await tracing.close();
  },
  { logger, graceSeconds: config.graceSeconds },
);
