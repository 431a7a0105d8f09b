import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** What a process says of itself: whether it is well, and in a word how it is. */
export interface Health {
  readonly ok: boolean;
  readonly status: string;
}

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** not ok: the process should be restarted */
  readonly live: () => Health | Promise<Health>;
  /** not ok: it should get no work now */
  readonly ready: () => Health | Promise<Health>;
  /** by path, what a program on this machine may have done with a POST; nobody from outside can */
  readonly orders?: Readonly<Record<string, () => Health | Promise<Health>>>;
}

/** Serves `/health/live`, `/health/ready` and `/metrics` of a process that serves nothing else. Resolves when it listens. */
export async function serveHealth(options: HealthOptions): Promise<Server> {
  const { host, port, metrics, live, ready, orders = {} } = options;
  const questions: Record<string, HealthOptions['live']> = { '/health/live': live, '/health/ready': ready };
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    if (path === '/metrics') {
      const { text, contentType } = await metrics.scrape();
      return response.writeHead(200, { 'content-type': contentType }).end(text);
    }
    const ask = isOrder(request) ? orders[path] : questions[path];
    const { ok, status } = (await ask?.()) ?? { ok: false, status: 'not found' };
    response
      .writeHead(ask ? (ok ? 200 : 503) : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

/** Scrapers and probes reach this port from outside; what changes a process must come from beside it. */
const isOrder = ({ method, socket }: IncomingMessage) =>
  method === 'POST' && isLoopback(socket.remoteAddress ?? '');

/** Whether an address of a socket is this machine's own: 127.0.0.0/8, also as IPv6 writes it, or ::1. */
export const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/.test(address);

/** For a process that is well as long as it answers at all: an outage elsewhere is not healed by a restart. */
export const answers = (): Health => ({ ok: true, status: 'live' });

/** For a process that can do nothing while `ping` is rejected: Redis is away. */
export const whileRedisAnswers = (ping: () => Promise<void>) => (): Promise<Health> =>
  ping().then(
    () => ({ ok: true, status: 'ready' }),
    () => ({ ok: false, status: 'Redis is out of reach' }),
  );
