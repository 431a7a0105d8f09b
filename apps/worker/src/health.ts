import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Metrics } from '@worldfarm/service';
import type { LaneWorker } from './worker.ts';

interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly worker: Pick<LaneWorker, 'info'>;
  readonly metrics: Metrics;
}

/** `/health/live` (503 when blocked), `/health/ready` (503 until the models are loaded, and while draining) and `/metrics`. */
export async function serveHealth({ host, port, worker, metrics }: HealthOptions): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { status } = worker.info();
    const path = request.url?.split('?')[0];
    if (path === '/metrics') {
      const { text, contentType } = await metrics.scrape();
      return response.writeHead(200, { 'content-type': contentType }).end(text);
    }
    // A blocked worker asks to be restarted.
    const healthy = path === '/health/live' ? status !== 'blocked' : status === 'ready' || status === 'busy';
    const known = path === '/health/live' || path === '/health/ready';
    response
      .writeHead(known ? (healthy ? 200 : 503) : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
