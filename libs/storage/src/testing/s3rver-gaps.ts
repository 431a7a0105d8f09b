import type { IncomingMessage, ServerResponse } from 'node:http';
import type S3rver from 's3rver';
import type { S3rverObject } from 's3rver';

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
    const { objects } = await s3rver.store.listObjects(bucket, {
      prefix: url.searchParams.get('prefix') ?? '',
    });
    const after = Buffer.from(url.searchParams.get('start-after') ?? '');
    const page = listPage(objects, after, Number(url.searchParams.get('max-keys') ?? 1000));
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

function listPage(objects: S3rverObject[], after: Buffer, maxKeys: number): string {
  const rest = objects
    .map((object) => ({ object, bytes: Buffer.from(object.key) }))
    .filter(({ bytes }) => Buffer.compare(bytes, after) > 0)
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ object }) => object);
  const contents = rest
    .slice(0, maxKeys)
    .map(
      ({ key, size, md5, lastModifiedDate }) =>
        `<Contents><Key>${escapeXml(key)}</Key><LastModified>${lastModifiedDate.toISOString()}</LastModified>` +
        `<ETag>"${md5}"</ETag><Size>${size}</Size></Contents>`,
    );
  return (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<IsTruncated>${rest.length > maxKeys}</IsTruncated><KeyCount>${contents.length}</KeyCount>` +
    `${contents.join('')}</ListBucketResult>`
  );
}

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
