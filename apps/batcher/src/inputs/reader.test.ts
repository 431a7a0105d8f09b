import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { type ObjectStore, openFolderStore } from '@worldfarm/storage';
import { openReader } from './reader.ts';

let root: string;
let own: ObjectStore;
let other: ObjectStore;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'worldfarm-reader-'));
  own = await openFolderStore({ root: join(root, 'own') });
  other = await openFolderStore({ root: join(root, 'other') });
  for (const key of ['frames/1.jpg', 'uploads/mine/1.jpg', 'inputs/abc', 'batches/b/r1/rows/0.jsonl'])
    await own.put(key, Buffer.from(`own ${key}`), { contentType: 'text/plain' });
  await other.put('frames/2.jpg', Buffer.from('other'), { contentType: 'text/plain' });
});
after(() => rm(root, { recursive: true, force: true }));

function reader(storeUrl: string) {
  const outbound = { request: () => Promise.reject(new Error('nothing is fetched here')) };
  const buckets = ['pictures', 'shared'];
  return openReader({
    store: own,
    storeUrl,
    buckets,
    outbound,
    allowUrls: false,
    openStore: async () => other,
  });
}
const read = async (address: string, storeUrl = 's3://farm') =>
  text(await reader(storeUrl).open(address, { maxBytes: 100 }));
const list = (address: string, storeUrl = 's3://farm') => Array.fromAsync(reader(storeUrl).list(address));

describe('what a batch names', () => {
  it("is read from the farm's own store, from its bucket, and from buckets on the list", async () => {
    assert.equal(await read('store://frames/1.jpg'), 'own frames/1.jpg');
    assert.equal(await read('frames/1.jpg'), 'own frames/1.jpg');
    assert.equal(await read('s3://farm/frames/1.jpg'), 'own frames/1.jpg');
    assert.equal(await read('s3://pictures/frames/2.jpg'), 'other');
    assert.deepEqual(await list('s3://farm/frames/'), ['s3://farm/frames/1.jpg']);
    assert.deepEqual(await list('s3://pictures/frames/'), ['s3://pictures/frames/2.jpg']);
    await assert.rejects(read('s3://strangers/1.jpg'), /strangers is not on the list/);
    await assert.rejects(read('https://example.com/a.jpg'), /switched off/);
  });

  it("is found in the part of a shared bucket that is the farm's, and under its name there", async () => {
    assert.equal(await read('s3://shared/wf/frames/1.jpg', 's3://shared/wf'), 'own frames/1.jpg');
    assert.deepEqual(await list('s3://shared/wf/frames/', 's3://shared/wf'), ['s3://shared/wf/frames/1.jpg']);
    assert.equal(await read('s3://shared/frames/2.jpg', 's3://shared/wf'), 'other');
  });

  it('is never what the farm keeps for itself, nor a list of what others have brought', async () => {
    for (const [address, storeUrl] of [
      ['store://batches/b/r1/rows/0.jsonl', 's3://farm'],
      ['batches/b/r1/rows/0.jsonl', 's3://farm'],
      ['s3://farm/batches/b/r1/rows/0.jsonl', 's3://farm'],
      ['s3://shared/wf/batches/b/r1/rows/0.jsonl', 's3://shared/wf'],
    ] as const) {
      await assert.rejects(read(address, storeUrl), { type: 'invalid_request' });
    }
    for (const address of [
      'store://',
      's3://farm/',
      'store://inputs/',
      's3://farm/inputs/',
      'store://uploads/',
      's3://farm/batches/b/',
    ])
      await assert.rejects(list(address), { type: 'invalid_request' });
    assert.equal(await read('store://inputs/abc'), 'own inputs/abc');
    assert.deepEqual(await list('store://uploads/mine/'), ['store://uploads/mine/1.jpg']);
  });
});
