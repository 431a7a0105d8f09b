import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { openOutbound } from '@worldfarm/service';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { errorOf, post } from '../testing/call.ts';
import { startGateway, type TestGateway } from '../testing/harness.ts';
import { tinyPng } from '../testing/png.ts';
import { openMediaFetcher } from './remote.ts';

const PUBLIC = '93.184.216.34';
const ZONE: Record<string, string[]> = {
  'media.example': [PUBLIC],
  'inside.example': ['10.0.0.7'],
  'both.example': [PUBLIC, '127.0.0.1'],
};
const png = tinyPng(undefined, 3000);

let redis: TestRedis;
let test: TestGateway;
let server: Server;
/** every address that something tried to connect to */
const dialed: string[] = [];

before(async () => {
  redis = await startRedis();
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://x');
    if (pathname === '/a.png') return response.end(png);
    if (pathname === '/text') return response.end('hello');
    if (pathname === '/large') return response.end(Buffer.alloc(16_000_000));
    if (pathname === '/inside') return response.writeHead(302, { location: 'http://inside.example/' }).end();
    if (pathname === '/metadata')
      return response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    const hop = /^\/hop(\d)$/.exec(pathname);
    if (hop) {
      const next = Number(hop[1]) - 1;
      return response.writeHead(302, { location: next > 0 ? `/hop${next}` : '/a.png' }).end();
    }
    return response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outbound = openOutbound({
    resolve: async (name) => ZONE[name] ?? [],
    dial: async ({ address }) => {
      dialed.push(address);
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
  });
  test = await startGateway({
    redisUrl: redis.url,
    environment: { WORLDFARM_MAX_CLIP_FRAMES: '10' },
    replace: { fetchMedia: openMediaFetcher(outbound, { urlTimeoutMs: 5000 }) },
  });
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await test.close();
  await redis.stop();
});

const infer = (image: string) =>
  post(`${test.url}/v1/infer`, { prompt: 'x', image }, { prefer: 'respond-async' });

describe('media by URL', () => {
  it('is fetched and stored like any other', async () => {
    const { status, body } = await infer('http://media.example/a.png');
    assert.equal(status, 202);
    const stored = await test.gateway.store.get(body.input.image);
    assert.ok(Buffer.concat(await stored.body.toArray()).equals(png));
  });

  it('follows three redirects and not a fourth', async () => {
    assert.equal((await infer('http://media.example/hop3')).status, 202);
    assert.equal((await infer('http://media.example/hop4')).status, 400);
  });

  it('is never fetched from an address inside, redirected or not', async () => {
    for (const url of [
      'http://inside.example/a.png',
      'http://both.example/a.png',
      'http://127.0.0.1/a.png',
      'http://2130706433/a.png',
      'http://[::ffff:10.0.0.1]/a.png',
      'http://169.254.169.254/latest/meta-data/',
      'http://media.example/inside',
      'http://media.example/metadata',
    ]) {
      const refused = await infer(url);
      assert.equal(refused.status, 400, url);
      assert.equal(errorOf(refused).param, 'image');
      assert.ok(!errorOf(refused).message.includes('10.0.0.7') || url.includes('10.0.0.7'), url);
    }
    assert.deepEqual([...new Set(dialed)], [PUBLIC]);
  });

  it('is refused when it is not there, not media, or too large', async () => {
    assert.match(errorOf(await infer('http://media.example/none')).message, /answered 404/);
    assert.equal((await infer('http://media.example/text')).status, 415);
    assert.equal((await infer('http://media.example/large')).status, 413);
    assert.match(errorOf(await infer('http://nobody.example/')).message, /no such host/);
  });
});
