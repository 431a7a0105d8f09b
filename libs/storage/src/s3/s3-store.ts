import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { FarmError } from '@worldfarm/core';
import { checkFolderPrefix, checkKey, checkPrefix } from '../keys.ts';
import { discard } from '../meter.ts';
import { badRange } from '../range.ts';
import type { ObjectInfo, ObjectStore } from '../store.ts';
import { createClient, type S3Options } from './client.ts';
import { contentDisposition } from './content-disposition.ts';
import { isMissing, isTaken, translateS3Error } from './errors.ts';
import { describe, rangeHeader, totalOf, translatedBody } from './read.ts';
import { upload } from './write.ts';

/** An object store in an S3 bucket (AWS, MinIO, Ceph and others that speak S3). The bucket must exist. */
export function openS3Store(options: S3Options): ObjectStore {
  const client = createClient(options);
  const signer = options.publicEndpoint ? createClient(options, options.publicEndpoint) : client;
  const own = checkPrefix(options.prefix ?? '');
  const at = (key: string) => ({ Bucket: options.bucket, Key: own + checkKey(key) });

  async function head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    try {
      return describe(key, await client.send(new HeadObjectCommand(at(key)), { abortSignal: signal }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async function listPage(prefix: string, cursor?: string, limit = 1000, signal?: AbortSignal) {
    const reply = await client.send(
      new ListObjectsV2Command({
        Bucket: options.bucket,
        Prefix: own + prefix,
        MaxKeys: limit,
        ...(cursor !== undefined && { StartAfter: own + cursor }),
      }),
      { abortSignal: signal },
    );
    const objects = (reply.Contents ?? []).map((object) => ({
      key: (object.Key ?? '').slice(own.length),
      bytes: object.Size ?? 0,
      modifiedAt: object.LastModified ?? new Date(0),
    }));
    return { objects, cursor: reply.IsTruncated ? objects.at(-1)?.key : undefined };
  }

  return {
    put: (key, body, put) =>
      guarded(put.signal, async () => {
        // Asked first, to spare the upload, and because some stores ignore the condition on the write.
        const present = put.ifAbsent ? await head(key, put.signal) : undefined;
        if (present) {
          await discard(body);
          return { created: false, bytes: present.bytes };
        }
        try {
          return { created: true, ...(await upload(client, at(key), body, put)) };
        } catch (error) {
          if (!put.ifAbsent || !isTaken(error)) throw error;
          return { created: false, bytes: (await head(key, put.signal))?.bytes ?? 0 };
        }
      }),

    get: (key, { range, signal } = {}) =>
      guarded(signal, async () => {
        if (range && (range.end ?? range.start) < range.start) throw badRange();
        const command = new GetObjectCommand({ ...at(key), ...(range && { Range: rangeHeader(range) }) });
        const reply = await client.send(command, { abortSignal: signal });
        const info = describe(key, reply);
        const body = translatedBody(reply.Body as Readable, signal);
        return { ...info, body, totalBytes: totalOf(reply.ContentRange) ?? info.bytes };
      }),

    head: (key, { signal } = {}) => guarded(signal, () => head(key, signal)),

    delete: (key, { signal } = {}) =>
      guarded(signal, async () => {
        await client.send(new DeleteObjectCommand(at(key)), { abortSignal: signal });
      }),

    deletePrefix: (prefix, { signal } = {}) =>
      guarded(signal, async () => {
        checkFolderPrefix(prefix);
        for (let count = 0; ; ) {
          const { objects } = await listPage(prefix, undefined, undefined, signal);
          if (objects.length === 0) return count;
          const Objects = objects.map(({ key }) => ({ Key: own + key }));
          const command = new DeleteObjectsCommand({
            Bucket: options.bucket,
            Delete: { Objects, Quiet: true },
          });
          const { Errors = [] } = await client.send(command, { abortSignal: signal });
          if (Errors.length) throw refusedDeletes(Errors);
          count += objects.length;
        }
      }),

    list: (prefix, { cursor, limit, signal } = {}) =>
      guarded(signal, () => listPage(checkPrefix(prefix), cursor, limit, signal)),

    copy: (from, to, { signal } = {}) =>
      guarded(signal, async () => {
        const source = at(from);
        const CopySource = encodeURIComponent(`${source.Bucket}/${source.Key}`).replaceAll('%2F', '/');
        await client.send(new CopyObjectCommand({ ...at(to), CopySource }), { abortSignal: signal });
      }),

    presignGet: (key, { expiresIn, filename, signal }) =>
      guarded(signal, async () => {
        const disposition = filename && { ResponseContentDisposition: contentDisposition(filename) };
        const command = new GetObjectCommand({ ...at(key), ...disposition });
        return new URL(await getSignedUrl(signer, command, { expiresIn }));
      }),

    check: ({ signal } = {}) =>
      guarded(signal, async () => {
        await client.send(new HeadBucketCommand({ Bucket: options.bucket }), { abortSignal: signal });
      }).catch((error) => {
        if (!(error instanceof FarmError) || error.type !== 'not_found') throw error;
        throw new FarmError('dependency_unavailable', 'The storage bucket does not exist.', { cause: error });
      }),

    close: () => {
      client.destroy();
      if (signer !== client) signer.destroy();
    },
  };
}

async function guarded<T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await act();
  } catch (error) {
    throw translateS3Error(error, signal);
  }
}

function refusedDeletes(errors: { Code?: string; Key?: string }[]): FarmError {
  const cause = new Error(`${errors.length} deletes refused, first: ${errors[0]?.Key} ${errors[0]?.Code}`);
  return new FarmError('dependency_unavailable', 'Storage did not delete every object.', { cause });
}
