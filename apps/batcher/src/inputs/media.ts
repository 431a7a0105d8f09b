import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type ClipInfo,
  FarmError,
  MEDIA_LIMITS,
  type MediaRef,
  type MediaSource,
  OBJECT_ROOTS,
  storedAddress,
} from '@worldfarm/core';
import { isImage, isVideo, probe, readImageSize, SNIFF_BYTES, sniff } from '@worldfarm/media';
import type { Batcher } from '../batcher.ts';

export interface StoredInput {
  readonly ref: MediaRef;
  /** of a video */
  readonly clip?: ClipInfo;
}

const MOST_PIXELS = 50_000_000;
/** Enough of a picture to find its size behind what cameras write before it. */
const HEAD = 4_000_000;

/**
 * Brings a row's media to hand, looks whether it is what the field wants, and keeps it under its digest.
 * @throws FarmError naming the field
 */
export async function storeInput(
  source: MediaSource,
  { reader, store, scratch }: Pick<Batcher, 'reader' | 'store' | 'scratch'>,
  signal: AbortSignal,
): Promise<StoredInput> {
  const { kind, field } = source;
  const folder = await mkdtemp(join(scratch, 'input-'));
  const path = join(folder, 'media');
  const hash = createHash('sha256');
  try {
    const body = await openSource(source, reader, signal);
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
      { signal },
    );
    const sha256 = hash.digest('hex');
    const { type, clip, bytes } = await look(path, kind, field, signal);
    const key = `${OBJECT_ROOTS.inputs}${sha256}`;
    await store.put(key, createReadStream(path), { contentType: type, sha256, ifAbsent: true, signal });
    return { ref: { kind, key, type, bytes, sha256 }, clip };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where a row's media is to be read, or undefined for media that the row carries itself. */
export function addressOf(source: MediaSource): string | undefined {
  if (source.from === 'url') return source.url;
  return source.from === 'upload' ? storedAddress(source.id) : undefined;
}

async function openSource(
  source: MediaSource,
  reader: Batcher['reader'],
  signal: AbortSignal,
): Promise<Readable> {
  if (source.from === 'base64') return Readable.from([Buffer.from(source.data, 'base64')]);
  const address = addressOf(source);
  if (!address)
    throw new FarmError('invalid_request', `${source.field}: not a media`, { param: source.field });
  return reader.open(address, { maxBytes: MEDIA_LIMITS[source.kind].decoded, signal });
}

async function look(path: string, kind: MediaRef['kind'], field: string, signal: AbortSignal) {
  const head = await readHead(path);
  const type = sniff(head.subarray(0, SNIFF_BYTES));
  const fits = type && (kind === 'image' ? isImage(type) : isVideo(type));
  if (!fits)
    throw unreadable(
      field,
      kind === 'image' ? 'not a JPEG, PNG or WebP image' : 'not an MP4, WebM, AVI or MOV video',
    );
  if (kind === 'image') {
    const size = readImageSize(head);
    if (!size || size.width * size.height > MOST_PIXELS)
      throw unreadable(field, 'a picture of no size, or too large');
  }
  const clip = kind === 'video' ? await probe(path, signal) : undefined;
  const { size: bytes } = await open(path).then(async (file) => {
    await using handle = file;
    return handle.stat();
  });
  return { type, clip, bytes };
}

async function readHead(path: string): Promise<Uint8Array> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
  return buffer.subarray(0, bytesRead);
}

function unreadable(field: string, what: string): FarmError {
  return new FarmError('unreadable_media', `${field}: ${what}`, { param: field });
}
