import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parseStoreUrl } from './open.ts';

describe('parseStoreUrl', () => {
  it('reads folders', () => {
    assert.deepEqual(parseStoreUrl('data/objects'), { kind: 'folder', root: resolve('data/objects') });
    assert.deepEqual(parseStoreUrl('file:///var/farm%20data'), { kind: 'folder', root: '/var/farm data' });
  });

  it('reads buckets, with prefix and settings', () => {
    assert.deepEqual(parseStoreUrl('s3://clips'), { kind: 's3', bucket: 'clips' });
    const address =
      's3://clips/farm/one/?region=eu-west-1&endpoint=http://minio:9000&publicEndpoint=https://m.example.com&forcePathStyle=false';
    assert.deepEqual(parseStoreUrl(address), {
      kind: 's3',
      bucket: 'clips',
      prefix: 'farm/one/',
      region: 'eu-west-1',
      endpoint: 'http://minio:9000',
      publicEndpoint: 'https://m.example.com',
      forcePathStyle: false,
    });
  });

  for (const [address, problem] of [
    ['s3://', /bucket/],
    ['s3://key:secret@clips', /Credentials/],
    ['s3://clips?regoin=x', /"regoin"/],
    ['https://example.com/clips', /s3:\/\/bucket/],
  ] as const) {
    it(`refuses ${address}`, () => assert.throws(() => parseStoreUrl(address), problem));
  }
});
