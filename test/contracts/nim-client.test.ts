import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  aProfile,
  type FakeWorker,
  get,
  post,
  startFakeWorker,
  startGateway,
  type TestGateway,
} from '@worldfarm/gateway/testing';
import { startRedis, type TestRedis } from '@worldfarm/test-support';

let redis: TestRedis;
let test: TestGateway;
let workers: FakeWorker[];

before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url, environment: { NIM_FT_CHECKPOINT: 'my-checkpoint' } });
  await test.farm.profiles.announce(aProfile({ id: 'other-world', families: ['predict1'] }));
  workers = ['kernel-world', 'other-world'].map((profile) => startFakeWorker(test, { profile }));
});
after(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await test.close();
  await redis.stop();
});

/** What a client of one NIM does: look at what is served, then call what it found there. */
for (const base of ['', '/profiles/kernel-world', '/profiles/other-world']) {
  describe(`a NIM client with the base URL ${base || '/'}`, () => {
    it('finds a generator in the metadata and infers', async () => {
      const { body: metadata } = await get(`${test.url}${base}/v1/metadata`);
      assert.equal(metadata.model_type, 'generator');
      assert.equal(metadata.inference_endpoint, '/v1/infer');
      assert.ok(metadata.selectedModelProfileId);
      if (base) assert.equal(metadata.selectedModelProfileId, base.split('/')[2]);
      for (const field of [
        'version',
        'assetInfo',
        'licenseInfo',
        'modelInfo',
        'repository_override',
        'model_variant',
      ]) {
        assert.ok(metadata[field] !== undefined, field);
      }
      assert.ok(metadata.modelInfo[0].shortName);
      assert.ok(metadata.modelInfo[0].modelUrl);
      assert.equal(metadata.checkpoint, 'my-checkpoint');
      const reply = await post(`${test.url}${base}${metadata.inference_endpoint}`, {
        prompt: 'a red circle',
      });
      assert.equal(reply.status, 200);
      assert.ok(reply.body.b64_video);
    });

    it('reads every other endpoint', async () => {
      const read = async (path: string) => {
        const { status, body } = await get(`${test.url}${base}${path}`);
        assert.equal(status, 200, path);
        return body;
      };
      assert.deepEqual(Object.keys(await read('/v1/version')).sort(), ['api', 'release']);
      const license = await read('/v1/license');
      assert.deepEqual(Object.keys(license).sort(), [
        'content',
        'name',
        'path',
        'sha',
        'size',
        'type',
        'url',
      ]);
      assert.equal(license.type, 'file');
      assert.equal(Buffer.byteLength(license.content), license.size);
      const manifest = await read('/v1/manifest');
      assert.match(manifest.manifest_file, /^schema_version: .*\nprofiles:\n {2}- id: "/);
      assert.equal(manifest.repository_override, '');
      const models = await read('/v1/models');
      assert.equal(models.object, 'list');
      assert.ok(
        models.data.every((model: { object: string; id: string }) => model.object === 'model' && model.id),
      );
      assert.match(await read('/v1/metrics'), /^# HELP/m);
      assert.equal((await read('/v1/health/ready')).status, 'ready');
      assert.equal((await read('/openapi.json')).openapi, '3.1.0');
    });
  });
}

describe('a base path of nobody', () => {
  it('is not ready and has no metadata', async () => {
    for (const path of ['health/ready', 'metadata', 'models', 'manifest']) {
      assert.equal((await get(`${test.url}/profiles/nobody/v1/${path}`)).status, 404, path);
    }
    assert.equal((await post(`${test.url}/profiles/nobody/v1/infer`, { prompt: 'x' })).status, 404);
  });
});

describe('the profile of a request', () => {
  it('is named by path, header or query', async () => {
    const ask = (path: string, headers = {}) =>
      post(`${test.url}${path}`, { prompt: 'x' }, { prefer: 'respond-async', ...headers });
    for (const reply of [
      await ask('/profiles/other-world/v1/infer'),
      await ask('/v1/cosmos/nvidia/other-world'),
      await ask('/v1/infer?profile=other-world'),
      await ask('/v1/infer', { 'worldfarm-profile': 'other-world' }),
    ]) {
      assert.equal(reply.body.profile, 'other-world');
      assert.equal(reply.body.family, 'predict1', 'its only dialect is settled by the profile');
    }
    assert.equal((await ask('/v1/infer')).body.profile, 'kernel-world');
  });
});

for (const base of ['', '/profiles/kernel-world'])
  describe(`the docs page at ${base}/docs`, () => {
    it('has everything it needs here', async () => {
      const page = await get(`${test.url}${base}/docs`);
      assert.equal(page.status, 200);
      const links = [...(page.body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
      assert.ok(links.length >= 4);
      for (const link of links) {
        assert.ok(!/^(https?:)?\/\//.test(link), `${link} is somebody else's`);
        assert.equal((await get(`${test.url}${base}/${link}`)).status, 200, link);
      }
      assert.match(page.headers.get('content-security-policy')!, /default-src 'self'/);
    });
  });
