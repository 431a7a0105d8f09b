import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One delivery as a receiver got it. */
export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly event: { type: string; sequence: number; data: { id: string } & Record<string, unknown> };
}

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A webhook receiver on loopback, on a port of its own, so that it is a host of its own. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startReceiver(behave: Behaviour): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    response.on('error', () => {});
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    received.push({ headers: request.headers as Record<string, string>, body, event: JSON.parse(body) });
    behave(request, response);
  });
  server.on('clientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
