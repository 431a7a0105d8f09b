import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Environment } from '@worldfarm/service';
import { UsageError } from '../explain.ts';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { freePort } from './port.ts';

export interface OwnRedis {
  readonly url: string;
  readonly child: Child;
}

/** Commands are kept in a log on disk, each second at least, and nothing is ever evicted: the queue must not forget. */
export function redisArguments(port: number, folder: string): string[] {
  return [
    ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder],
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
    ...['--maxmemory-policy', 'noeviction', '--logfile', join(folder, 'redis.log')],
  ];
}

/** Starts a redis-server of our own on a free port. @throws UsageError when there is none, or it ends at once */
export async function startRedis(
  data: string,
  environment: Environment,
  hooks: Pick<ChildOptions, 'onLine' | 'onLaunch'>,
): Promise<OwnRedis> {
  const folder = join(data, 'redis');
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const child = startChild({
    name: 'redis-server',
    command: 'redis-server',
    args: redisArguments(port, folder),
    environment,
    ...hooks,
    restart: true,
  });
  if (!(await answers(port, 20_000))) {
    await child.stop(5);
    throw new UsageError(
      `redis-server does not start; see ${join(folder, 'redis.log')}, or run: npm run doctor`,
    );
  }
  return { url: `redis://127.0.0.1:${port}`, child };
}

/** Asks PING until it is answered, which happens once the data is loaded. */
async function answers(port: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await ping(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
