import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openFarm } from '@worldfarm/queue';
import { createLogger, createMetrics, onShutdown, openOutbound, openTracing } from '@worldfarm/service';
import { openStore } from '@worldfarm/storage';
import { createApp } from './app.ts';
import { sweepTempFiles } from './body/temp-files.ts';
import { openCatalogue, readProfile, readProfiles } from './catalogue.ts';
import { readConfig } from './config.ts';
import { openCounters } from './counters.ts';
import { startReconciler } from './housekeeping/start.ts';
import { openMediaFetcher } from './media/remote.ts';
import { openPromptStages } from './prompt/open.ts';
import { VERSION } from './version.ts';

/** The largest body on the slowest line that we wait for. */
const UPLOAD_MS = 30 * 60_000;

const config = readConfig();
const logger = createLogger({ name: 'gateway', ...config.log });
const tracing = await openTracing(config.tracing, {
  name: 'worldfarm-gateway',
  version: VERSION.release,
  logger,
});
const metrics = createMetrics();
const farm = openFarm({
  url: config.redisUrl,
  patience: 'fail-fast',
  ...(config.redisPrefix && { prefix: config.redisPrefix }),
});
const store = await openStore(config.store);
// An operator's own checkpoint, where it can be read here too, is what requests mean that name no profile.
const checkpoint = config.checkpoint === undefined ? undefined : await readProfile(config.checkpoint);
const catalogue = openCatalogue(
  [...(checkpoint ? [checkpoint] : []), ...(await readProfiles(config.profilesFolder))],
  farm.profiles,
  config.defaultProfile ?? checkpoint?.id,
);
const outbound = openOutbound({ allow: config.media.allowPrivate, proxy: config.media.proxy });
const fetchMedia = openMediaFetcher(outbound, config.media);
const prompts = await openPromptStages(config);

const closing = new AbortController();
await sweepTempFiles(config.tempFolder);

const server = createServer(
  createApp({
    config,
    farm,
    store,
    catalogue,
    fetchMedia,
    prompts,
    closing: closing.signal,
    logger,
    metrics,
    tracing,
    counters: openCounters(metrics),
  }),
);
// For sending a request. A held reply may be silent for half an hour: the hold has its own limit.
server.requestTimeout = UPLOAD_MS;
server.timeout = 0;
server.keepAliveTimeout = 65_000;
server.listen(config.port, config.host);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const stopReconciler = startReconciler({ farm, store, logger, metrics, settings: config.housekeeping });
logger.info({ url: `http://${config.host}:${port}` }, 'listening');

onShutdown(
  async () => {
    const closed = once(server, 'close');
    server.close();
    closing.abort(new Error('the gateway is about to stop'));
    server.closeIdleConnections();
    await closed;
    await stopReconciler();
    await outbound.close();
    await farm.close();
    store.close();
    await tracing.close();
  },
  { logger, graceSeconds: config.graceSeconds },
);
