import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, afterEach, before, describe, it } from 'node:test';
import { FarmError, type Profile } from '@worldfarm/core';
import { aJob, until } from '@worldfarm/test-support';
import type { LocalInputs } from '../../stages/inputs.ts';
import { EngineFault, type EngineHooks } from '../engine.ts';
import { openNimEngine } from './nim.ts';
import { openVideosEngine } from './videos.ts';

type Handler = (request: IncomingMessage, reply: ServerResponse) => void | Promise<void>;

let folder: string;
const servers: Server[] = [];
const never = new AbortController().signal;
const profile = { id: 'cosmos', engine: 'nim' } as Profile;
const plan = { ...aJob().plan, image: undefined };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-upstream-'));
});
after(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, reply) => void handler(request, reply)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hooks = (over: Partial<EngineHooks> = {}): EngineHooks => ({
  signal: never,
  onProgress: () => {},
  ...over,
});
const inputs = (body: Record<string, unknown>): LocalInputs => ({
  folder,
  body,
  path: ({ sha256 }) => join(folder, sha256),
});
const answer = (reply: ServerResponse, status: number, body: object) =>
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

describe('a NIM beside the worker', () => {
  it("gets the client's own body with media inlined, the job's seed, and no farm fields", async () => {
    let got: unknown;
    const url = await serve(async (request, reply) => {
      if (request.method === 'POST') got = await json(request);
      answer(reply, 200, { b64_video: Buffer.from('a video').toString('base64') });
    });
    await writeFile(join(folder, 'abc'), 'a picture');
    const image = { kind: 'image' as const, key: 'inputs/abc', type: 'image/png', bytes: 9, sha256: 'abc' };
    const engine = await openNimEngine(profile, { url }, never);
    const body = { prompt: 'a cat', image: 'inputs/abc', steps: 5, priority: 'high', tags: { a: 'b' } };
    const rendered = await engine.render({ ...plan, image, seed: 77 }, inputs(body), hooks());
    assert.deepEqual(got, {
      prompt: 'a cat',
      image: Buffer.from('a picture').toString('base64'),
      steps: 5,
      seed: 77,
    });
    assert.equal(rendered.kind, 'file');
    assert.equal(await readFile(rendered.kind === 'file' ? rendered.path : '', 'utf8'), 'a video');
  });

  it('is waited for until it is ready, and a drain ends the wait', async () => {
    let asked = 0;
    const url = await serve((_request, reply) => void answer(reply, asked++ === 0 ? 503 : 200, {}));
    await openNimEngine(profile, { url }, never);
    assert.ok(asked >= 2);
    const gone = await serve((_request, reply) => void answer(reply, 503, {}));
    const drain = new AbortController();
    const opening = openNimEngine(profile, { url: gone }, drain.signal);
    drain.abort(new Error('draining'));
    await assert.rejects(opening, /draining/);
  });

  it('is told of a cancel by closing the call', async () => {
    let closed = false;
    const cancel = new AbortController();
    const reason = new Error('not wanted');
    const url = await serve((request, reply) => {
      if (request.method === 'GET') return void answer(reply, 200, {});
      reply.on('close', () => {
        closed = true;
      });
      cancel.abort(reason);
    });
    const engine = await openNimEngine(profile, { url }, never);
    const rendering = engine.render(plan, inputs({ prompt: 'x' }), hooks({ signal: cancel.signal }));
    await assert.rejects(rendering, reason);
    await until('the call to be closed', () => closed);
  });

  const refusals: [number, object, string][] = [
    [422, { detail: [{ loc: ['body', 'num_frames'], msg: 'too many', type: 'x' }] }, 'unprocessable_request'],
    [400, { detail: 'secret /opt/nim/path' }, 'invalid_request'],
    [422, { detail: 'blocked by guardrail' }, 'guardrail_blocked'],
    [503, {}, 'dependency_unavailable'],
    [500, { error: 'Traceback: secret /opt/nim/path' }, 'render_failed'],
  ];
  for (const [status, reply, type] of refusals) {
    it(`that answers ${status} ${JSON.stringify(reply)} is ${type} to us, in our own words`, async () => {
      const url = await serve(
        (request, response) => void answer(response, request.method === 'GET' ? 200 : status, reply),
      );
      const engine = await openNimEngine(profile, { url }, never);
      await assert.rejects(engine.render(plan, inputs({ prompt: 'x' }), hooks()), (error: unknown) => {
        assert.ok(error instanceof FarmError);
        assert.equal(error.type, type);
        assert.doesNotMatch(error.message, /secret|Traceback/);
        return true;
      });
    });
  }

  it('that runs out of memory or breaks off is a fault of its device', async () => {
    const url = await serve((request, reply) => {
      if (request.method === 'GET') return void answer(reply, 200, {});
      request.socket.destroy();
    });
    const engine = await openNimEngine(profile, { url }, never);
    const isFault = (kind: string) => (error: unknown) => error instanceof EngineFault && error.kind === kind;
    await assert.rejects(engine.render(plan, inputs({ prompt: 'x' }), hooks()), isFault('device_fault'));
    const full = await serve(
      (request, reply) =>
        void answer(reply, request.method === 'GET' ? 200 : 500, { error: 'CUDA out of memory' }),
    );
    const other = await openNimEngine(profile, { url: full }, never);
    await assert.rejects(other.render(plan, inputs({ prompt: 'x' }), hooks()), isFault('out_of_memory'));
  });
});

describe('a server with the Videos API', () => {
  const videos = {
    id: 'wan',
    engine: 'videos',
    pipeline: { type: 'videos', pollMs: 5 },
  } as unknown as Profile;

  it('is asked, followed to its end, and left clean', async () => {
    const calls: string[] = [];
    const seen: number[] = [];
    let asked: unknown;
    let polls = 0;
    const url = await serve(async (request, reply) => {
      const { method, url: path } = request;
      if (path === '/health') return void answer(reply, 200, {});
      calls.push(`${method} ${path}`);
      if (method === 'POST') asked = await json(request);
      if (path?.endsWith('/content')) return void reply.writeHead(200).end('a video');
      const status = method === 'GET' && ++polls > 2 ? 'completed' : 'in_progress';
      answer(reply, 200, { id: 'v1', status, progress: polls * 30 });
    });
    const engine = await openVideosEngine(videos, { url }, never);
    const onProgress = ({ value }: { value: number }) => seen.push(value);
    const rendered = await engine.render(plan, inputs({}), hooks({ onProgress }));
    assert.equal(await readFile(rendered.kind === 'file' ? rendered.path : '', 'utf8'), 'a video');
    assert.deepEqual(asked, { model: 'wan', prompt: plan.prompt, seed: 1, size: '320x192', seconds: '1' });
    assert.deepEqual(seen, [0.3, 0.6, 1]);
    assert.equal(calls.at(-1), 'DELETE /v1/videos/v1');
  });

  it('is told of a cancel by deleting the video', async () => {
    let deleted = false;
    const cancel = new AbortController();
    const url = await serve((request, reply) => {
      if (request.method === 'DELETE') deleted = true;
      if (request.method === 'GET' && request.url !== '/health') cancel.abort(new Error('not wanted'));
      answer(reply, 200, { id: 'v1', status: 'in_progress' });
    });
    const engine = await openVideosEngine(videos, { url }, never);
    await assert.rejects(engine.render(plan, inputs({}), hooks({ signal: cancel.signal })), /not wanted/);
    assert.equal(deleted, true);
  });
});
