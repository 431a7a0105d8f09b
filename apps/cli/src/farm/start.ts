import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CliConfig, REPOSITORY } from '../config.ts';
import { UsageError } from '../explain.ts';
import { type Child, startChild } from './child.ts';
import { lockData } from './lock.ts';
import { isPortTaken } from './port.ts';
import { startRedis } from './redis.ts';
import { welcome } from './welcome.ts';

export interface RunningFarm {
  readonly url: string;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
/** What runs beside Redis, in the order of starting. */
const PARTS = ['gateway', 'worker', 'courier', 'batcher'] as const;
/** The worker may finish what it renders; a laptop's clip takes seconds. */
const WORKER_GRACE_SECONDS = 20;

/** Starts every part, waits until the farm can render, and says how to try it. */
export async function startFarm(config: CliConfig, say: (line: string) => void): Promise<RunningFarm> {
  const { data, host, port } = config;
  await mkdir(data, { recursive: true });
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const lock = await lockData(data, url);
  const children: Child[] = [];
  const pids = () => children.map((child) => child.pid()).filter((pid) => pid !== undefined);
  let redisUrl = config.redisUrl;
  const notePids = () => lock.note(pids(), redisUrl);
  /** Last started, first ended. */
  const stop = async () => {
    for (const child of children.reverse()) await child.stop(WORKER_GRACE_SECONDS + 10);
    await lock.release();
  };

  try {
    if (await isPortTaken(port, host)) {
      throw new UsageError(`port ${port} is in use; choose another with NIM_HTTP_API_PORT`);
    }
    if (!redisUrl) {
      const redis = await startRedis(data, config.environment, { onLine: say, onLaunch: notePids });
      children.push(redis.child);
      redisUrl = redis.url;
    }
    const environment = {
      ...config.environment,
      REDIS_URL: redisUrl,
      WORLDFARM_STORE: config.store,
      WORLDFARM_PROFILES: config.profiles,
      WORLDFARM_DATA: data,
      WORLDFARM_HOST: host,
      WORLDFARM_PUBLIC_URL: url,
      // A farm that only this machine can reach may call receivers on this machine.
      ...(host === '127.0.0.1' && {
        WORLDFARM_WEBHOOK_ALLOW: config.environment.WORLDFARM_WEBHOOK_ALLOW ?? '127.0.0.1',
      }),
      NIM_HTTP_API_PORT: `${port}`,
      WORLDFARM_SCRATCH: join(data, 'scratch'),
      WORLDFARM_CACHE: join(data, 'cache'),
      WORLDFARM_GRACE_SECONDS: `${WORKER_GRACE_SECONDS}`,
    };
    for (const name of PARTS) {
      children.push(
        startChild({
          name,
          command: process.execPath,
          args: [join(REPOSITORY, 'apps', name, 'src/main.ts')],
          environment,
          onLine: say,
          onLaunch: notePids,
          restart: true,
        }),
      );
    }
    notePids();
    if (!(await isReady(url, READY_TIMEOUT_MS)))
      throw new UsageError('the farm did not become ready; see above');
  } catch (error) {
    await stop();
    throw error;
  }
  for (const line of welcome(url, data)) say(line);
  return { url, stop };
}

/** Ready is: the gateway answers, and a worker has loaded its model. */
async function isReady(url: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const workers = await fetch(`${url}/v1/workers`).then(
      (response) =>
        response.ok ? (response.json() as Promise<{ data: { status: string }[] }>) : { data: [] },
      () => ({ data: [] }),
    );
    if (workers.data.some(({ status }) => status === 'ready' || status === 'busy')) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
