import { type ClipInfo, FarmError, type MediaRef, type MediaSource, OBJECT_ROOTS } from '@worldfarm/core';
import { isImage, isVideo, probe, readImageSize, sniff } from '@worldfarm/media';
import type { Staged, Uploads } from '../body/upload.ts';
import type { GatewayConfig } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import { stage } from './stage.ts';

/** A stored media field, and what a look at it found where it is a clip. */
export interface StoredMedia {
  readonly ref: MediaRef;
  readonly clip?: ClipInfo;
}

/** Where bytes of clients are kept: the same bytes are kept once. */
export function inputKey(sha256: string): string {
  return `${OBJECT_ROOTS.inputs}${sha256}`;
}

/**
 * Takes a media field in: brings it to hand, looks whether it is what the field wants and within bounds, and
 * stores it under its digest.
 *
 * @throws FarmError unreadable_media, body_too_large, invalid_request, dependency_unavailable
 */
export async function storeMedia(
  source: MediaSource,
  uploads: Uploads,
  gateway: Pick<Gateway, 'config' | 'store' | 'fetchMedia'>,
  signal: AbortSignal,
): Promise<StoredMedia> {
  const staged = await stage(source, uploads, gateway, signal);
  const type = sniff(staged.head);
  const { kind, field } = source;
  if (!type || !(kind === 'image' ? isImage(type) : isVideo(type))) {
    throw new FarmError(
      'unreadable_media',
      `${field}: not ${kind === 'image' ? 'a JPEG, PNG or WebP image' : 'an MP4, WebM, AVI or MOV video'}`,
      { param: field },
    );
  }
  const clip = kind === 'video' ? await lookAtClip(staged, field, gateway.config, signal) : undefined;
  if (kind === 'image') await lookAtImage(staged, field, gateway.config);
  const key = inputKey(staged.sha256);
  await gateway.store.put(key, staged.open(), {
    contentType: type,
    sha256: staged.sha256,
    ifAbsent: true,
    signal,
  });
  return { ref: { kind, key, type, bytes: staged.bytes, sha256: staged.sha256 }, clip };
}

/** Reads the size from the header alone, so that a bomb is refused unopened. */
async function lookAtImage(staged: Staged, field: string, { media }: GatewayConfig): Promise<void> {
  const size = readImageSize(staged.head) ?? readImageSize(await beginning(staged));
  if (!size) throw new FarmError('unreadable_media', `${field}: the image has no size`, { param: field });
  if (size.width * size.height > media.imagePixels) {
    throw new FarmError(
      'body_too_large',
      `${field}: at most ${media.imagePixels} pixels, got ${size.width} x ${size.height}`,
      { param: field },
    );
  }
}

/** Some cameras put more than the usual before a picture's size. */
const LONG_HEAD = 4_000_000;

async function beginning(staged: Staged): Promise<Buffer> {
  const body = staged.open();
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > LONG_HEAD) break;
  }
  return Buffer.concat(chunks);
}

async function lookAtClip(
  staged: Staged,
  field: string,
  { media }: GatewayConfig,
  signal: AbortSignal,
): Promise<ClipInfo> {
  const info = await probe(await staged.path(), signal).catch((error: unknown) => {
    if (error instanceof FarmError && error.type === 'unreadable_media') {
      throw new FarmError('unreadable_media', `${field}: ${error.message}`, { param: field, cause: error });
    }
    throw error;
  });
  const { width, height, frames, fps, seconds } = info;
  const over =
    width * height > media.imagePixels
      ? `at most ${media.imagePixels} pixels a frame, got ${width} x ${height}`
      : frames > media.clipFrames
        ? `at most ${media.clipFrames} frames, got ${frames}`
        : seconds > media.clipSeconds
          ? `at most ${media.clipSeconds} seconds, got ${Math.round(seconds)}`
          : undefined;
  if (over) throw new FarmError('body_too_large', `${field}: ${over}`, { param: field });
  return { width, height, frames, fps };
}
