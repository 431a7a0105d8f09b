import { PassThrough, type Readable } from 'node:stream';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { contentTypeOf } from '../content-type.ts';
import type { ByteRange, ObjectInfo } from '../store.ts';
import { translateS3Error } from './errors.ts';

/** `bytes=0-99`, `bytes=100-`. */
export function rangeHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end ?? ''}`;
}

/** The whole length out of `bytes 0-99/1234`. */
export function totalOf(contentRange: string | undefined): number | undefined {
  const total = contentRange?.split('/')[1];
  return total === undefined || total === '*' ? undefined : Number(total);
}

type Described = Pick<HeadObjectCommandOutput, 'ContentLength' | 'LastModified' | 'ContentType' | 'ETag'>;

export function describe(key: string, reply: Described): ObjectInfo {
  return {
    key,
    bytes: reply.ContentLength ?? 0,
    modifiedAt: reply.LastModified ?? new Date(0),
    contentType: reply.ContentType ?? contentTypeOf(key),
    etag: reply.ETag ?? '',
  };
}

/** The same bytes, with a connection that breaks in the middle told in the farm's words. */
export function translatedBody(body: Readable, signal?: AbortSignal): Readable {
  const out = new PassThrough();
  const abort = () => body.destroy(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  body.once('error', (error) => out.destroy(translateS3Error(error, signal) as Error));
  out.once('close', () => {
    signal?.removeEventListener('abort', abort);
    body.destroy();
  });
  return body.pipe(out);
}
