import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Farm, openFarm } from '@worldfarm/queue';
import { createLogger, createMetrics, NO_TRACING, openOutbound } from '@worldfarm/service';
import { openFolderStore } from '@worldfarm/storage';
import { until } from '@worldfarm/test-support';
import { createApp } from '../app.ts';
import { openCatalogue } from '../catalogue.ts';
import { type GatewayConfig, readConfig } from '../config.ts';
import { openCounters } from '../counters.ts';
import type { Gateway } from '../gateway.ts';
import { openMediaFetcher } from '../media/remote.ts';
import { aProfile } from './profiles.ts';

export interface TestGateway {
  readonly url: string;
  readonly gateway: Gateway;
  readonly farm: Farm;
  /** of its keys in Redis */
  readonly prefix: string;
  /** what the gateway logged, a line an entry */
  readonly log: string[];
  /** what a gateway does first when it is told to stop */
  beginClosing(): void;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly redisUrl: string;
  readonly environment?: Record<string, string>;
  readonly config?: Partial<GatewayConfig>;
  readonly replace?: Partial<Gateway>;
}

let count = 0;

/** A gateway of its own on a free port: real Redis, a folder store, no outside world. */
export async function startGateway({
  redisUrl,
  environment = {},
  config: over = {},
  replace = {},
}: TestGatewayOptions): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-gateway-'));
  const config = {
    ...readConfig({ ...environment, REDIS_URL: redisUrl, WORLDFARM_DATA: folder }),
    tempFolder: join(folder, 'temp'),
    ...over,
  };
  const prefix = `{gateway-${process.pid}-${count++}}`;
  const farm = openFarm({ url: redisUrl, prefix, patience: 'fail-fast' });
  const metrics = createMetrics({ processMetrics: false });
  const log: string[] = [];
  const closing = new AbortController();
  const outbound = openOutbound();
  const gateway: Gateway = {
    config,
    farm,
    store: await openFolderStore({ root: config.store }),
    catalogue: openCatalogue([aProfile()], farm.profiles, config.defaultProfile),
    prompts: { guards: [] },
    closing: closing.signal,
    fetchMedia: openMediaFetcher(outbound, config.media),
    logger: createLogger({
      name: 'gateway',
      level: environment.NIM_LOG_LEVEL ?? 'debug',
      json: true,
      stream: { write: (line) => void log.push(line) },
    }),
    metrics,
    tracing: NO_TRACING,
    counters: openCounters(metrics),
    ...replace,
  };
  await until('the farm to be connected', () =>
    farm.ping().then(
      () => true,
      () => false,
    ),
  );
  const server = createServer(createApp(gateway)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    gateway,
    farm,
    prefix,
    log,
    beginClosing: () => closing.abort(new Error('closing')),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await outbound.close();
      await farm.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
