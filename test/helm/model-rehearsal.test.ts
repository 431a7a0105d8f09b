import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import { profileSchema } from '@worldfarm/core';
import { openStore } from '@worldfarm/storage';
import { startS3Server, TEST_CREDENTIALS } from '@worldfarm/storage/testing';
import { type Manifest, ROOT, render } from './support/helm.ts';
import { openRehearsal, type Rehearsal } from './support/rehearsal.ts';
import { canSandbox } from './support/sandbox.ts';

const PROFILE = join(ROOT, 'profiles/kernel-world');
const TOKEN = 'hf_token-of-a-test';
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
};

describe('the container that copies a model, on this machine', {
  skip: canSandbox() ? false : 'only root can make a sandbox',
}, () => {
  let s3: { endpoint: string; stop(): Promise<void> };
  let hub: Server;
  let hubUrl: string;
  let sha256: string;
  let files: string[];
  before(async () => {
    s3 = await startS3Server('models');
    const text = await readFile(join(PROFILE, 'profile.json'), 'utf8');
    files = ['profile.json', ...profileSchema.parse(JSON.parse(text)).files.map(({ path }) => path)];
    Object.assign(process.env, CREDENTIALS);
    const store = await openStore(`s3://models/world?endpoint=${encodeURIComponent(s3.endpoint)}`);
    for (const file of files) {
      await store.put(file, await readFile(join(PROFILE, file)), { contentType: 'application/octet-stream' });
    }
    store.close();
    sha256 = createHash('sha256').update(text).digest('hex');
    hub = createServer((request, reply) => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) return reply.writeHead(401).end();
      return pipeline(createReadStream(join(PROFILE, request.url!.replace('/world/', ''))), reply);
    });
    await once(hub.listen(0, '127.0.0.1'), 'listening');
    hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/world`;
  });
  after(async () => {
    hub.close();
    await s3.stop();
  });

  const chart = async (model: object): Promise<Manifest[]> => {
    const pools = [{ name: 'all', tiers: ['720'] }];
    const profiles = [{ id: 'kernel-world', engine: 'onnx', device: 'cpu', model, pools }];
    const manifests = await render('minimal', '--set-json', `profiles=${JSON.stringify(profiles)}`);
    // The chart takes hubs over TLS alone; this one has no certificate.
    return JSON.parse(JSON.stringify(manifests).replaceAll('https://127.0.0.1', 'http://127.0.0.1'));
  };
  const copy = async (farm: Rehearsal, over: Record<string, string>) => {
    const container = await farm.start({ kind: 'Deployment', name: 'kernel-world-all' }, 'model', over);
    return { ...(await container.ended()), said: container.output() };
  };

  const sources = {
    's3://': {
      model: () => ({ source: 's3', url: `s3://models/world?endpoint=${encodeURIComponent(s3.endpoint)}` }),
      over: CREDENTIALS,
    },
    'a hub': {
      model: () => ({
        source: 'hub',
        url: hubUrl.replace('http:', 'https:'),
        tokenSecret: { name: 'hub', key: 'token' },
      }),
      over: { WORLDFARM_MODEL_TOKEN: TOKEN },
    },
  };
  for (const [name, { model, over }] of Object.entries(sources)) {
    it(`fetches all files from ${name}, once for all pods of a claim`, async () => {
      const farm = await openRehearsal(await chart({ ...model(), sha256, cacheClaim: 'models' }));
      try {
        const first = await copy(farm, over);
        assert.equal(first.code, 0, first.said);
        assert.match(first.said, new RegExp(`model: ${files.length} files fetched, 0 were there`));
        assert.match(
          (await copy(farm, over)).said,
          new RegExp(`model: 0 files fetched, ${files.length} were there`),
        );
      } finally {
        await farm.end();
      }
    });

    it(`lets no worker start on other files from ${name}`, async () => {
      const farm = await openRehearsal(await chart({ ...model(), sha256: '0'.repeat(64) }));
      try {
        const { code, said } = await copy(farm, over);
        assert.equal(code, 1);
        assert.match(said, /profile\.json: its SHA-256 is [0-9a-f]{64}, not 0{64}/);
      } finally {
        await farm.end();
      }
    });
  }
});
