import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { openOutbound, type OutboundOptions } from './outbound.ts';

const open: { close(): unknown }[] = [];
after(async () => {
  for (const each of open) await each.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.unshift({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

/** An Internet of one server: every public address ends at `port`, and each dialed one is noted. */
function internet(port: number, over: OutboundOptions = {}) {
  const dialed: string[] = [];
  const outbound = openOutbound({
    resolve: async () => ['93.184.216.34'],
    dial: async ({ address }) => {
      dialed.push(address);
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    ...over,
  });
  open.push(outbound);
  return { outbound, dialed };
}

const limits = { timeoutMs: 5_000, maxBytes: 1_000 };
const failing = (failure: string) => (error: unknown) => (error as { failure?: string }).failure === failure;
const read = (body: Readable) => text(body);

describe('a request', () => {
  it('carries method, headers and body, and brings the answer back as a stream', async () => {
    const port = await serve((request, response) => {
      request.pipe(response.writeHead(201, { 'x-seen': `${request.method} ${request.headers['x-given']}` }));
    });
    const { outbound } = internet(port);
    const asked = { ...limits, method: 'POST', headers: { 'x-given': 'a' }, body: 'hello' } as const;
    const reply = await outbound.request('http://example.com/in', asked);
    assert.equal(reply.status, 201);
    assert.equal(reply.headers['x-seen'], 'POST a');
    assert.equal(await read(reply.body), 'hello');
  });

  it('resolves a name once: an answer that changes afterwards is never asked for', async () => {
    const port = await serve((_request, response) => response.end('fine'));
    const answers = ['93.184.216.34', '127.0.0.1', '169.254.169.254'];
    const { outbound, dialed } = internet(port, { resolve: async () => [answers.shift()!] });
    const reply = await outbound.request('http://rebind.example/', limits);
    assert.equal(await read(reply.body), 'fine');
    assert.deepEqual(dialed, ['93.184.216.34']);
    assert.equal(answers.length, 2);
  });

  it('checks again when a new connection is needed, and then refuses the changed answer', async () => {
    const port = await serve((_request, response) => response.setHeader('connection', 'close').end('fine'));
    const answers = ['93.184.216.34', '127.0.0.1'];
    const { outbound, dialed } = internet(port, { resolve: async () => [answers.shift()!] });
    await read((await outbound.request('http://rebind.example/', limits)).body);
    await assert.rejects(outbound.request('http://rebind.example/', limits), failing('refused'));
    assert.deepEqual(dialed, ['93.184.216.34']);
  });

  it('goes to the next address when the first does not answer', async () => {
    const port = await serve((_request, response) => response.end('fine'));
    const outbound = openOutbound({
      resolve: async () => ['2606:4700::1111', '93.184.216.34'],
      dial: async ({ address }) => {
        if (address.includes(':')) throw new Error('ENETUNREACH');
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      },
    });
    open.push(outbound);
    assert.equal(await read((await outbound.request('http://example.com/', limits)).body), 'fine');
  });

  it('lets allow-listed hosts, domains and ranges through, and nothing beside them', async () => {
    const port = await serve((_request, response) => response.end('fine'));
    const allow = ['hooks.internal', '*.svc.cluster.local', '10.1.0.0/16'];
    const zone: Record<string, string> = { 'far.example': '10.1.2.3', 'near.example': '10.2.0.1' };
    const { outbound } = internet(port, { allow, resolve: async (name) => [zone[name] ?? '192.168.0.1'] });
    const allowed = ['http://hooks.internal:81/', 'http://a.b.svc.cluster.local./', 'http://far.example/'];
    for (const url of [...allowed, 'http://10.1.0.9/', 'http://[::ffff:10.1.0.9]/']) {
      assert.equal((await outbound.request(url, limits)).status, 200, url);
    }
    const refused = ['http://near.example/', 'http://xhooks.internal/', 'http://svc.cluster.local/'];
    for (const url of [...refused, 'http://10.2.0.1/']) {
      await assert.rejects(outbound.request(url, limits), failing('refused'), url);
    }
  });

  it('reads an allow list strictly', () => {
    for (const entry of ['10.0.0.0/33', '10.1', 'http://a', 'a:80', '*', '*.', 'a*.b', '0x7f000001', '']) {
      assert.throws(() => openOutbound({ allow: [entry] }), /is no host/, entry);
    }
  });
});

describe('redirects', () => {
  const hops = async (target: string, count: number) => {
    const port = await serve((request, response) => {
      const hop = Number(request.url!.slice(1));
      if (hop < count) response.writeHead(302, { location: `/${hop + 1}` }).end();
      else response.writeHead(target ? 302 : 200, target ? { location: target } : {}).end('there');
    });
    return internet(port);
  };

  it('are an answer like any other unless asked for', async () => {
    const { outbound } = await hops('', 1);
    assert.equal((await outbound.request('http://example.com/0', limits)).status, 302);
  });

  it('are followed up to their number', async () => {
    const { outbound } = await hops('', 3);
    const reply = await outbound.request('http://example.com/0', { ...limits, redirects: 3 });
    assert.equal(await read(reply.body), 'there');
    assert.equal(reply.url, 'http://example.com/3');
  });

  it('are refused beyond it', async () => {
    const { outbound } = await hops('', 4);
    await assert.rejects(
      outbound.request('http://example.com/0', { ...limits, redirects: 3 }),
      failing('refused'),
    );
  });

  for (const target of [
    'http://127.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    '//10.0.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_',
    'http://user@example.com/',
    'http://example.com:22/',
    'http://',
  ]) {
    it(`to ${target} are refused and not dialed`, async () => {
      const { outbound, dialed } = await hops(target, 1);
      await assert.rejects(
        outbound.request('http://example.com/0', { ...limits, redirects: 3 }),
        failing('refused'),
      );
      assert.deepEqual(new Set(dialed), new Set(['93.184.216.34']));
    });
  }
});

describe('limits', () => {
  it('refuse an announced body over the size at once', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(200, { 'content-length': 1e9 }).write('x'),
    );
    const { outbound } = internet(port);
    await assert.rejects(outbound.request('http://example.com/', limits), failing('too_large'));
  });

  it('cut a body that grows over the size', async () => {
    const port = await serve((_request, response) => {
      response.on('error', () => {});
      const more = () => {
        while (response.write('x'.repeat(500)));
      };
      response.on('drain', more);
      more();
    });
    const { outbound } = internet(port);
    const reply = await outbound.request('http://example.com/', limits);
    await assert.rejects(read(reply.body), failing('too_large'));
  });

  it('end a server that never answers', async () => {
    const { outbound } = internet(await serve(() => {}));
    await assert.rejects(
      outbound.request('http://example.com/', { ...limits, timeoutMs: 50 }),
      failing('timeout'),
    );
  });

  it('end a body that drips for ever', async () => {
    const port = await serve((_request, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const { outbound } = internet(port);
    const reply = await outbound.request('http://example.com/', { ...limits, timeoutMs: 100 });
    await assert.rejects(read(reply.body), failing('timeout'));
  });

  it('end a dial that hangs', async () => {
    const { outbound } = internet(0, {
      connectTimeoutMs: 30,
      dial: (_target, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    await assert.rejects(outbound.request('http://example.com/', limits), failing('timeout'));
  });

  it('call a reset broken', async () => {
    const { outbound } = internet(await serve((request) => request.socket.resetAndDestroy()));
    await assert.rejects(outbound.request('http://example.com/', limits), failing('broken'));
  });

  it("give the caller's own reason back when the caller gives up", async () => {
    const { outbound } = internet(await serve(() => {}));
    const given = new AbortController();
    const asking = outbound.request('http://example.com/', { ...limits, signal: given.signal });
    given.abort(new Error('enough'));
    await assert.rejects(asking, /enough/);
  });
});

describe('a proxy', () => {
  it('is asked to connect to the address that was checked, with its login', async () => {
    const target = await serve((request, response) => response.end(`host ${request.headers.host}`));
    const asked: string[] = [];
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    open.unshift({ close: () => proxy.close() });
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const through = connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      socket.on('error', () => {});
      through.on('error', () => {});
    });
    const { port } = proxy.address() as AddressInfo;
    const outbound = openOutbound({
      proxy: `http://me:pass@127.0.0.1:${port}`,
      resolve: async (name) => [name.startsWith('in') ? '10.0.0.1' : '93.184.216.34'],
    });
    open.unshift(outbound);
    const reply = await outbound.request('http://example.com/', limits);
    assert.equal(await read(reply.body), 'host example.com');
    assert.deepEqual(asked, [`93.184.216.34:80 Basic ${Buffer.from('me:pass').toString('base64')}`]);
    await assert.rejects(outbound.request('http://inside.example/', limits), failing('refused'));
    assert.equal(asked.length, 1);
  });

  it('that says no makes the target unreachable', async () => {
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    open.unshift({ close: () => proxy.close() });
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const { port } = proxy.address() as AddressInfo;
    const outbound = openOutbound({
      proxy: `http://127.0.0.1:${port}`,
      resolve: async () => ['93.184.216.34'],
    });
    open.unshift(outbound);
    await assert.rejects(outbound.request('http://example.com/', limits), failing('unreachable'));
  });
});
