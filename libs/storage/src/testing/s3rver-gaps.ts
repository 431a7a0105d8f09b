import { readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type S3rver from 's3rver';

/**
 * Answers the few calls that s3rver 3.7 gets wrong, as S3 documents them: ListObjectsV2 (unordered there,
 * and its page tokens need a cipher that OpenSSL dropped), `If-None-Match: *` on writes (ignored there) and
 * AbortMultipartUpload (unknown there).
 * @returns false when the call is not one of them
 */
export async function answerForS3rver(
  s3rver: S3rver,
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? '/', 'http://s3');
  const [bucket = '', ...segments] = decodeURIComponent(url.pathname).slice(1).split('/');
  const key = segments.join('/');

  if (request.method === 'GET' && url.searchParams.get('list-type') === '2') {
    const page = await listPage(s3rver.store, bucket, {
      prefix: url.searchParams.get('prefix') ?? '',
      after: url.searchParams.get('start-after') ?? '',
      maxKeys: Number(url.searchParams.get('max-keys') ?? 1000),
    });
    reply.writeHead(200, { 'content-type': 'application/xml' }).end(page);
    return true;
  }
  if (request.method === 'DELETE' && url.searchParams.has('uploadId')) {
    reply.writeHead(204).end();
    return true;
  }
  if (request.headers['if-none-match'] === '*' && (await s3rver.store.existsObject(bucket, key))) {
    request.resume();
    reply.writeHead(412).end();
    return true;
  }
  return false;
}

/** Looks at the objects of one page alone: s3rver opens all that there are at once. */
async function listPage(
  store: S3rver['store'],
  bucket: string,
  { prefix, after, maxKeys }: { prefix: string; after: string; maxKeys: number },
): Promise<string> {
  const keys: string[] = [];
  const root = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  for await (const key of keysAfter(store.getBucketPath(bucket), root, after)) {
    if (key.startsWith(prefix)) keys.push(key);
    else if (keys.length > 0) break;
    if (keys.length > maxKeys) break;
  }
  const entries = await Promise.all(keys.slice(0, maxKeys).map((key) => entryOf(store, bucket, key)));
  const contents = entries.filter((entry) => entry !== undefined);
  return (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<IsTruncated>${keys.length > maxKeys}</IsTruncated><KeyCount>${contents.length}</KeyCount>` +
    `${contents.join('')}</ListBucketResult>`
  );
}

/** What s3rver puts behind the name of an object's file. */
const SUFFIX = '._S3rver_object';

/** Keys below a folder in the order of their bytes; folders that come before `after` as a whole are not opened. */
async function* keysAfter(bucket: string, folder: string, after: string): AsyncGenerator<string> {
  const entries = (await readdir(join(bucket, folder), { withFileTypes: true }).catch(nothing)) ?? [];
  const found = entries.flatMap((entry) => {
    const isFolder = entry.isDirectory();
    if (!isFolder && !entry.name.endsWith(SUFFIX)) return [];
    const name = folder + (isFolder ? `${entry.name}/` : entry.name.slice(0, -SUFFIX.length));
    return [{ name, isFolder, bytes: Buffer.from(name) }];
  });
  const start = Buffer.from(after);
  for (const { name, isFolder, bytes } of found.sort((a, b) => Buffer.compare(a.bytes, b.bytes))) {
    const isAfter = Buffer.compare(bytes, start) > 0;
    if (isFolder && (isAfter || after.startsWith(name))) yield* keysAfter(bucket, name, after);
    if (!isFolder && isAfter) yield name;
  }
}

/** Undefined for an object that has gone meanwhile. */
async function entryOf(store: S3rver['store'], bucket: string, key: string): Promise<string | undefined> {
  const metadata = await store.getMetadata(bucket, key).catch(nothing);
  if (!metadata) return undefined;
  return (
    `<Contents><Key>${escapeXml(key)}</Key>` +
    `<LastModified>${new Date(metadata['last-modified']).toISOString()}</LastModified>` +
    `<ETag>${escapeXml(metadata.etag)}</ETag><Size>${metadata['content-length']}</Size></Contents>`
  );
}

function nothing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
