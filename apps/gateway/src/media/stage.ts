import { FarmError, MEDIA_LIMITS, type MediaSource } from '@worldfarm/core';
import type { Staged, Uploads } from '../body/upload.ts';
import type { Gateway } from '../gateway.ts';

/** Brings the bytes of a media field to hand, wherever they are. */
export async function stage(
  source: MediaSource,
  uploads: Uploads,
  { config, fetchMedia }: Pick<Gateway, 'config' | 'fetchMedia'>,
  signal: AbortSignal,
): Promise<Staged> {
  const { field, kind } = source;
  const limit = MEDIA_LIMITS[kind];
  if (source.from === 'url') {
    if (!config.media.allowUrls) {
      throw new FarmError('invalid_request', `${field}: URLs are switched off here; send base64`, {
        param: field,
      });
    }
    return fetchMedia(source.url, { field, maxBytes: limit.decoded, uploads, signal });
  }
  if (source.from === 'base64') {
    const upload = uploads.create(field);
    await upload.write(Buffer.from(source.data, 'latin1'));
    await upload.end();
    return checked(upload.problem, upload, field);
  }
  const upload = uploads.get(source.id);
  if (!upload) {
    throw new FarmError('invalid_request', `${field}: expected base64, a data URI or an http(s) URL`, {
      param: field,
    });
  }
  if (upload.encoded > limit.encoded) {
    throw new FarmError(
      'body_too_large',
      `${field}: at most ${limit.encoded} encoded characters, got ${upload.encoded}`,
      { param: field },
    );
  }
  if (upload.bytes > limit.decoded) {
    throw new FarmError('body_too_large', `${field}: at most ${limit.decoded} bytes, got ${upload.bytes}`, {
      param: field,
    });
  }
  return checked(upload.problem, upload, field);
}

function checked(problem: string | undefined, staged: Staged, field: string): Staged {
  if (problem) throw new FarmError('invalid_request', `${field}: ${problem}`, { param: field });
  return staged;
}
