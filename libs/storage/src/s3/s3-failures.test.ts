import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { type ErrorType, FarmError } from '@worldfarm/core';
import { startS3Server, TEST_CREDENTIALS } from '../testing/s3-server.ts';
import { openS3Store } from './s3-store.ts';

const TYPE = { contentType: 'text/plain' };
const failsWith =
  (type: ErrorType, message = /./) =>
  (error: unknown) =>
    error instanceof FarmError &&
    error.type === type &&
    message.test(error.message) &&
    error.cause !== undefined;

/** A store whose server answers as the test says. */
async function storeOn(answer: RequestListener, maxAttempts = 1) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = openS3Store({
    bucket: 'clips',
    endpoint,
    credentials: TEST_CREDENTIALS,
    maxAttempts,
    idleTimeoutMs: 200,
  });
  after(() => {
    store.close();
    server.closeAllConnections();
    server.close();
  });
  return { store, endpoint };
}

const refuse =
  (status: number, code: string): RequestListener =>
  (request, reply) => {
    request.resume();
    reply.writeHead(status, { 'content-type': 'application/xml' });
    reply.end(
      request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>secret words</Message></Error>`,
    );
  };

describe('An S3 bucket that fails', () => {
  it('is out of reach when nobody listens', async () => {
    const store = openS3Store({
      bucket: 'b',
      endpoint: 'http://127.0.0.1:1',
      credentials: TEST_CREDENTIALS,
      maxAttempts: 1,
    });
    after(() => store.close());
    for (const call of [
      store.check(),
      store.head('a'),
      store.get('a'),
      store.put('a', Buffer.from('x'), TYPE),
    ]) {
      await assert.rejects(call, failsWith('dependency_unavailable', /^Storage is out of reach\.$/));
    }
    const stream = store.put('a', Readable.from([Buffer.from('x')]), TYPE);
    await assert.rejects(stream, failsWith('dependency_unavailable'));
  });

  it('is out of reach while it answers 500, and says none of its words', async () => {
    const { store } = await storeOn(refuse(500, 'InternalError'));
    await assert.rejects(store.get('a'), failsWith('dependency_unavailable', /^Storage is out of reach\.$/));
    await assert.rejects(store.list(''), failsWith('dependency_unavailable'));
  });

  it('is tried again when it fails once', async () => {
    let calls = 0;
    const { store } = await storeOn((request, reply) => {
      request.resume();
      reply.writeHead(++calls === 1 ? 503 : 200).end();
    }, 3);
    await store.put('a', Buffer.from('x'), TYPE);
    assert.equal(calls, 2);
  });

  it('says that credentials are refused', async () => {
    const { store } = await storeOn(refuse(403, 'AccessDenied'));
    await assert.rejects(store.get('a'), failsWith('dependency_unavailable', /credentials/));
    await assert.rejects(store.check(), failsWith('dependency_unavailable', /credentials/));
  });

  it('says that the bucket is missing, which is not a missing object', async () => {
    const { store } = await storeOn(refuse(404, 'NoSuchBucket'));
    await assert.rejects(store.get('a'), failsWith('dependency_unavailable', /bucket/));
    await assert.rejects(store.check(), failsWith('dependency_unavailable', /bucket/));
  });

  it('is out of reach when it takes the call and never answers', async () => {
    const { store } = await storeOn(() => {});
    await assert.rejects(store.head('a'), failsWith('dependency_unavailable'));
  });

  it('breaks a read in our words when the connection dies in the middle', async () => {
    const { store } = await storeOn((_, reply) => {
      reply.writeHead(200, { 'content-length': '1000', 'content-type': 'text/plain' });
      reply.write('the first bytes', () => reply.destroy());
    });
    const { body } = await store.get('a');
    await assert.rejects(buffer(body), failsWith('dependency_unavailable'));
  });

  it('leaves the winner alone when another writer was faster by a moment', async () => {
    const { store } = await storeOn((request, reply) => {
      if (request.method === 'HEAD') return void reply.writeHead(404).end();
      refuse(412, 'PreconditionFailed')(request, reply);
    });
    const put = await store.put('a', Buffer.from('x'), { ...TYPE, ifAbsent: true });
    assert.deepEqual(put, { created: false, bytes: 0 });
  });

  it('hands on what broke a body even when the store will not clean up after it', async () => {
    const { store } = await storeOn((request, reply) => {
      request.resume();
      const begun = '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>';
      if (request.method === 'POST') reply.writeHead(200, { 'content-type': 'application/xml' }).end(begun);
      else if (request.method === 'DELETE') reply.writeHead(405).end();
      else request.on('end', () => reply.writeHead(200, { etag: '"1"' }).end());
    });
    const broken = new Error('the sender went away');
    async function* chunks() {
      yield Buffer.alloc(6 * 1024 * 1024);
      throw broken;
    }
    await assert.rejects(store.put('a', chunks(), TYPE), (error) => error === broken);
  });

  it('rejects with the reason when a waiting call is cancelled', async () => {
    const controller = new AbortController();
    const { store } = await storeOn(() => controller.abort(new Error('enough')));
    await assert.rejects(store.head('a', { signal: controller.signal }), /^Error: enough$/);
  });
});

describe('Links to an S3 bucket', async () => {
  const { endpoint, stop } = await startS3Server('clips');
  after(stop);
  const options = { bucket: 'clips', endpoint, credentials: TEST_CREDENTIALS };

  it('read the object without us, under the name that was asked', async () => {
    const store = openS3Store(options);
    await store.put('a/clip.txt', Buffer.from('linked'), TYPE);
    const url = await store.presignGet('a/clip.txt', { expiresIn: 60, filename: 'Welt "1" é.txt' });
    assert.ok(url);
    const reply = await fetch(url);
    assert.equal(await reply.text(), 'linked');
    const disposition = reply.headers.get('content-disposition');
    assert.equal(
      disposition,
      `attachment; filename="Welt _1_ _.txt"; filename*=UTF-8''Welt%20%221%22%20%C3%A9.txt`,
    );
    assert.equal(url.searchParams.get('X-Amz-Expires'), '60');
    store.close();
  });

  it('are made for the address that callers see', async () => {
    const store = openS3Store({ ...options, prefix: 'farm/', publicEndpoint: 'https://media.example.com' });
    const url = await store.presignGet('a/clip.txt', { expiresIn: 60 });
    assert.equal(url?.origin, 'https://media.example.com');
    assert.equal(url?.pathname, '/clips/farm/a/clip.txt');
    store.close();
  });
});
