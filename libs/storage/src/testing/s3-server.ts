import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { answerForS3rver } from './s3rver-gaps.ts';

export const TEST_CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** A small S3 server on a free port, with empty buckets. */
export async function startS3Server(
  ...buckets: readonly string[]
): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'worldfarm-s3-'));
  const configureBuckets = buckets.map((name) => ({ name }));
  const options = { silent: true, directory, vhostBuckets: false, configureBuckets };
  const s3rver = new S3rver(options);
  await s3rver.configureBuckets();
  const handle = s3rver.callback();
  const server = createServer(async (request, reply) => {
    try {
      if (!(await answerForS3rver(s3rver, request, reply))) handle(request, reply);
    } catch {
      // It writes an object in several files and may be met between two of them: clients ask again after a 500.
      reply.writeHead(500).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
