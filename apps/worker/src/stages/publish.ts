import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  attemptPrefix,
  checkpointPrefix,
  type JobOutput,
  type JobRecord,
  jobPrefix,
  type OutputFile,
} from '@worldfarm/core';
import { listAll, type ObjectBody, type ObjectStore } from '@worldfarm/storage';
import type { EncodedFile, EncodedFiles } from './encode.ts';
import { type Patience, patiently } from './patience.ts';

/**
 * Files up to this size are read once, at once, and sent from memory: just written, they are in memory still, and the
 * five trips to other threads that an open, a look, two reads and a close cost take longer than all of them.
 */
const SMALL_BYTES = 262_144;

/** A file as it will be stored, and its bytes as often as they are asked for. */
interface Upload {
  readonly file: OutputFile;
  readonly body: () => ObjectBody;
}

/**
 * Uploads an attempt's files, all at once: what their provenance says is known before they are stored. Nothing
 * refers to them until the record moves to succeeded.
 */
export async function uploadOutput(
  store: ObjectStore,
  record: JobRecord,
  files: EncodedFiles,
  provenance: (output: JobOutput) => Record<string, unknown>,
  patience: Patience,
): Promise<JobOutput> {
  const prefix = attemptPrefix(record);
  const [video, image, thumbnail] = await Promise.all(
    [files.video, files.image, files.thumbnail].map((file) => file && read(file, prefix)),
  );
  const output = outputOf(files, { video: video?.file, image: image?.file, thumbnail: thumbnail?.file });
  const text = Buffer.from(`${JSON.stringify(provenance(output), null, 2)}\n`);
  const metadata = inMemory(`${prefix}metadata.json`, 'application/json', text);
  const uploads = [video, image, thumbnail, metadata].filter((upload) => upload !== undefined);
  // A failure waits for the others: an upload that ended after the attempt was cleaned up would stay for ever.
  const ends = await Promise.allSettled(uploads.map((upload) => put(store, upload, patience)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return { ...output, metadata: metadata.file };
}

function outputOf(
  { video, image }: EncodedFiles,
  stored: Partial<Record<'video' | 'image' | 'thumbnail', OutputFile>>,
): JobOutput {
  return {
    ...(video && {
      video: {
        ...stored.video!,
        width: video.width,
        height: video.height,
        frames: video.frames,
        fps: video.fps,
        codec: video.codec,
        seconds: video.frames / video.fps,
      },
    }),
    ...(image && { image: { ...stored.image!, width: image.width, height: image.height } }),
    ...(stored.thumbnail && { thumbnail: stored.thumbnail }),
  };
}

async function put(store: ObjectStore, { file, body }: Upload, patience: Patience): Promise<void> {
  const { key, type, sha256 } = file;
  const options = { contentType: type, sha256, signal: patience.signal };
  await patiently(() => store.put(key, body(), options), patience);
}

async function read({ path, type, sha256 }: EncodedFile, prefix: string): Promise<Upload> {
  const key = `${prefix}${basename(path)}`;
  const { size } = statSync(path);
  if (size <= SMALL_BYTES) return inMemory(key, type, readFileSync(path));
  return {
    file: { key, bytes: size, sha256: sha256 ?? (await digest(path)), type },
    body: () => createReadStream(path),
  };
}

function inMemory(key: string, type: string, bytes: Uint8Array): Upload {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file: { key, bytes: bytes.byteLength, sha256, type }, body: () => bytes };
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
