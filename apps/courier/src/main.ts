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
import { startCourier } from './courier.ts';

const VERSION = '0.1.0';

const config = readConfig();
const logger = createLogger({ name: 'courier', ...config.log });
const tracing = await openTracing(config.tracing, { name: 'worldfarm-courier', version: VERSION, logger });
const metrics = createMetrics();
const farm = openFarm({ url: config.redisUrl, prefix: config.redisPrefix, patience: 'wait' });
const store = await openStore(config.store);
const outbound = openOutbound(config.outbound);

const presign = async (key: string) =>
  (await store.presignGet(key, { expiresIn: config.presignSeconds }).catch(() => undefined))?.href;
const courier = startCourier(
  { ...config.courier, version: VERSION },
  { farm, outbound, presign, metrics, tracing, logger },
);
const health =
  config.http &&
  (await serveHealth({ ...config.http, metrics, live: answers, ready: whileRedisAnswers(farm.ping) }));
logger.info({ allow: config.outbound.allow }, 'courier is ready');

onShutdown(
  async () => {
    await courier.close();
    health?.close();
    await outbound.close();
    await farm.close();
    store.close();
    await tracing.close();
  },
  { logger, graceSeconds: config.graceSeconds },
);
