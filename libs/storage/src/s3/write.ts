import { Readable } from 'node:stream';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { meter } from '../meter.ts';
import type { ObjectBody, PutOptions } from '../store.ts';

/** The least that S3 takes. Two parts wait in memory while two are on their way. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/**
 * Sends a body. Bytes in hand go in one call; a stream goes in parts, each of which can be tried again, and
 * becomes an object only when all of it has arrived and fits its digest.
 * @returns length and digest of what was sent
 */
export async function upload(
  client: S3Client,
  target: { Bucket: string; Key: string },
  body: ObjectBody,
  options: PutOptions,
): Promise<{ bytes: number; sha256: string }> {
  const watched = meter(body, options);
  const params: PutObjectCommandInput = {
    ...target,
    ContentType: options.contentType,
    ...(options.ifAbsent && { IfNoneMatch: '*' }),
  };
  if (body instanceof Uint8Array) {
    for await (const _ of watched.chunks);
    await client.send(new PutObjectCommand({ ...params, Body: body }), { abortSignal: options.signal });
    return watched.measured();
  }
  const sending = new Upload({
    client,
    params: { ...params, Body: Readable.from(watched.chunks, { objectMode: false }) },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  });
  const abort = () => void sending.abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    await sending.done();
  } catch (error) {
    watched.throwIfBroken();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
  return watched.measured();
}
