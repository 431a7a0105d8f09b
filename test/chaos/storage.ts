import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startS3Server, TEST_CREDENTIALS } from '@worldfarm/storage/testing';

/** An S3 server that can be made to answer 500. */
export interface FaultyStorage {
  /** address for WORLDFARM_STORE */
  readonly url: string;
  readonly credentials: Readonly<Record<string, string>>;
  fail(on: boolean): void;
  /** how many requests were refused */
  refused(): number;
  stop(): Promise<void>;
}

const BUCKET = 'chaos';

export async function startStorage(): Promise<FaultyStorage> {
  const server = await startS3Server(BUCKET);
  const target = new URL(server.endpoint);
  let failing = false;
  let refused = 0;
  const proxy = createServer((incoming, reply) => {
    if (failing) {
      refused++;
      incoming.resume();
      reply.writeHead(500).end();
      return;
    }
    const { method, url: path, headers } = incoming;
    // The Host header is signed: it goes through as it came.
    const outgoing = request(
      { host: target.hostname, port: target.port, method, path, headers },
      (answer) => {
        reply.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(reply);
      },
    );
    outgoing.on('error', () => reply.destroy());
    incoming.on('error', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `s3://${BUCKET}?region=us-east-1&endpoint=http://127.0.0.1:${port}`,
    credentials: {
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    },
    fail: (on) => {
      failing = on;
    },
    refused: () => refused,
    async stop() {
      proxy.closeAllConnections();
      await new Promise((closed) => proxy.close(closed));
      await server.stop();
    },
  };
}
