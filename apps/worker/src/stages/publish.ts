import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import {
  attemptPrefix,
  checkpointPrefix,
  type JobOutput,
  type JobRecord,
  jobPrefix,
  type OutputFile,
} from '@worldfarm/core';
import { listAll, type ObjectStore } from '@worldfarm/storage';
import type { EncodedFiles } from './encode.ts';
import { type Patience, patiently } from './patience.ts';

/** Uploads an attempt's files. Nothing refers to them until the record moves to succeeded. */
export async function uploadOutput(
  store: ObjectStore,
  record: JobRecord,
  files: EncodedFiles,
  provenance: (output: JobOutput) => Record<string, unknown>,
  patience: Patience,
): Promise<JobOutput> {
  const { signal } = patience;
  const prefix = attemptPrefix(record);
  const upload = (file: { path: string; type: string }) =>
    patiently(() => uploadFile(store, prefix, file, signal), patience);
  const { video, image, thumbnail } = files;
  const output: JobOutput = {
    ...(video && {
      video: {
        ...(await upload(video)),
        width: video.width,
        height: video.height,
        frames: video.frames,
        fps: video.fps,
        codec: video.codec,
        seconds: video.frames / video.fps,
      },
    }),
    ...(image && { image: { ...(await upload(image)), width: image.width, height: image.height } }),
    ...(thumbnail && { thumbnail: await upload(thumbnail) }),
  };
  const text = Buffer.from(`${JSON.stringify(provenance(output), null, 2)}\n`);
  const metadata = await patiently(
    () => putBytes(store, `${prefix}metadata.json`, text, 'application/json', signal),
    patience,
  );
  return { ...output, metadata };
}

async function uploadFile(
  store: ObjectStore,
  prefix: string,
  { path, type }: { path: string; type: string },
  signal: AbortSignal,
): Promise<OutputFile> {
  const key = `${prefix}${basename(path)}`;
  const sha256 = await digest(path);
  const { bytes } = await store.put(key, createReadStream(path), { contentType: type, sha256, signal });
  return { key, bytes, sha256, type };
}

async function putBytes(
  store: ObjectStore,
  key: string,
  body: Uint8Array,
  type: string,
  signal: AbortSignal,
): Promise<OutputFile> {
  const sha256 = createHash('sha256').update(body).digest('hex');
  await store.put(key, body, { contentType: type, sha256, signal });
  return { key, bytes: body.byteLength, sha256, type };
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** Removes what other attempts left behind, once this one is published. */
export async function removeLeftovers(store: ObjectStore, record: JobRecord): Promise<void> {
  const own = attemptPrefix(record);
  for await (const { key } of listAll(store, jobPrefix(record.spec))) {
    if (!key.startsWith(own)) await store.delete(key);
  }
  await store.deletePrefix(checkpointPrefix(record.spec.id));
}
