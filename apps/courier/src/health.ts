import { createServer, type Server } from 'node:http';
import type { Metrics } from '@worldfarm/service';

interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** resolves while Redis answers */
  readonly ping: () => Promise<void>;
  readonly metrics: Metrics;
}

/** Serves `/health/live`, `/health/ready` (Redis answers) and `/metrics`. */
export function serveHealth({ host, port, ping, metrics }: HealthOptions): Server {
  const server = createServer(async (request, response) => {
    const answer = (status: number, text: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    switch (request.url) {
      case '/health/live':
        return answer(200, 'live\n');
      case '/health/ready':
        return ping().then(
          () => answer(200, 'ready\n'),
          () => answer(503, 'Redis is out of reach\n'),
        );
      case '/metrics': {
        const { text, contentType } = await metrics.scrape();
        return answer(200, text, contentType);
      }
      default:
        return answer(404, 'not found\n');
    }
  });
  return server.listen(port, host);
}
