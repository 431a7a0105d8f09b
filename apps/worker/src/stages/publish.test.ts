import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { FarmError, type JobRecord } from '@worldfarm/core';
import type { ObjectStore } from '@worldfarm/storage';
import { aJob } from '@worldfarm/test-support';
import { uploadOutput } from './publish.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-publish-'));
});
after(() => rm(folder, { recursive: true }));

const record = { spec: aJob(), fence: 3 } as JobRecord;
const prefix = `jobs/${record.spec.id}/3/`;
const patience = { signal: new AbortController().signal, seconds: 0 };
const shape = { width: 320, height: 192, frames: 24, fps: 24, codec: 'h264' };
const storeOf = (put: ObjectStore['put']) => ({ put }) as ObjectStore;

async function aVideo(bytes: Uint8Array, sha256?: string) {
  const path = join(folder, 'video.mp4');
  await writeFile(path, bytes);
  return { path, type: 'video/mp4', sha256, ...shape };
}

async function bytesOf(body: Parameters<ObjectStore['put']>[1]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body instanceof Uint8Array ? [body] : body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

for (const [size, bytes] of Object.entries({
  small: Buffer.from('a clip'),
  large: Buffer.alloc(3_000_000, 7),
})) {
  it(`a ${size} file is stored under the fence with its length and digest, and provenance knows them`, async () => {
    const stored = new Map<string, Buffer>();
    const store = storeOf(async (key, body) => {
      stored.set(key, await bytesOf(body));
      return { created: true, bytes: 0 };
    });
    const files = { video: await aVideo(bytes) };
    const output = await uploadOutput(store, record, files, ({ video }) => ({ of: video?.sha256 }), patience);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(stored.get(`${prefix}video.mp4`), bytes);
    assert.deepEqual(JSON.parse(`${stored.get(`${prefix}metadata.json`)}`), { of: sha256 });
    const { width, height, frames, fps, codec, ...file } = output.video!;
    assert.deepEqual(file, {
      key: `${prefix}video.mp4`,
      bytes: bytes.length,
      sha256,
      type: 'video/mp4',
      seconds: 1,
    });
    assert.equal(output.metadata?.key, `${prefix}metadata.json`);
  });
}

it('a failed upload waits for those on their way, so that whoever cleans up meets them all', async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let settled = false;
  const store = storeOf(async (key) => {
    if (key.endsWith('video.mp4')) throw new FarmError('unprocessable_request', 'no');
    begun.resolve();
    await gate.promise;
    return { created: true, bytes: 0 };
  });
  const uploading = uploadOutput(
    store,
    record,
    { video: await aVideo(Buffer.from('x')) },
    () => ({}),
    patience,
  );
  uploading.catch(() => {}).finally(() => (settled = true));
  await begun.promise;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(settled, false);
  gate.resolve();
  await assert.rejects(uploading, { type: 'unprocessable_request' });
});
