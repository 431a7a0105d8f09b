import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { jobTable } from './commands/jobs.ts';
import { renderBody } from './commands/render.ts';
import { UsageError } from './explain.ts';
import { lockData } from './farm/lock.ts';
import { isPortTaken } from './farm/port.ts';
import { redisArguments } from './farm/redis.ts';
import { barLine } from './progress-bar.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-cli-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const flags = { resolution: '256', frames: '25', fps: '24' };

describe('render', () => {
  it('turns flags into a cosmos3-generator body', async () => {
    assert.deepEqual(await renderBody('a cat', { ...flags, seed: '7', guidance: '2.5' }), {
      prompt: 'a cat',
      resolution: '256',
      num_output_frames: 25,
      fps: 24,
      seed: 7,
      guidance_scale: 2.5,
    });
  });

  it('sends the image as base64', async () => {
    const image = join(folder, 'first.png');
    await writeFile(image, 'bytes');
    const body = (await renderBody('a cat', { ...flags, image })) as { image: string };
    assert.equal(Buffer.from(body.image, 'base64').toString(), 'bytes');
  });

  for (const [flag, over] of [
    ['--resolution', { resolution: '1080' }],
    ['--frames', { frames: 'many' }],
    ['--seed', { seed: '' }],
    ['--image', { image: '/nowhere/first.png' }],
  ] as const) {
    it(`names ${flag} when it cannot be read`, async () => {
      await assert.rejects(
        renderBody('a cat', { ...flags, ...over }),
        (error) => error instanceof UsageError && error.message.startsWith(flag),
      );
    });
  }
});

describe('what is shown', () => {
  it('a bar that fills, with the step it is at', () => {
    assert.equal(
      barLine('active', { value: 0.5, stage: 'steps', step: 6, steps: 12 }),
      `${'█'.repeat(15)}${'░'.repeat(15)}  50%  steps 6/12`,
    );
    assert.match(barLine('queued', { value: 0, stage: 'queued' }), /0% {2}queued$/);
  });

  it('jobs in columns under a header', () => {
    const job = {
      id: 'abc',
      status: 'active',
      progress: { value: 0.25 },
      profile: 'p',
      tier: '256',
      mode: 'text2video',
      priority: 'normal',
    };
    const [header, row] = jobTable([job as never]);
    assert.equal(header!.indexOf('PROFILE'), row!.indexOf('p/256'));
    assert.match(row!, /25%/);
  });
});

describe('the data folder', () => {
  it('is one farm at a time', async () => {
    const lock = await lockData(folder, 'http://127.0.0.1:1');
    await assert.rejects(
      lockData(folder, 'http://127.0.0.1:2'),
      /already runs .* at http:\/\/127\.0\.0\.1:1/,
    );
    await lock.release();
    await (await lockData(folder, 'http://127.0.0.1:2')).release();
  });

  it('is taken over from a farm that was killed, and its parts are ended first', async () => {
    const part = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    const ended = once(part, 'exit');
    const gone = spawn('true', { stdio: 'ignore' });
    await once(gone, 'exit');
    await writeFile(
      join(folder, 'up.json'),
      JSON.stringify({ pid: gone.pid, url: 'x', children: [part.pid] }),
    );
    const lock = await lockData(folder, 'http://127.0.0.1:3');
    assert.equal((await ended)[1], 'SIGTERM');
    await lock.release();
  });
});

describe('the Redis that up starts', () => {
  it('keeps every command on disk, evicts nothing, and listens on loopback alone', () => {
    const line = redisArguments(7000, 'folder').join(' ');
    for (const part of [
      '--appendonly yes',
      '--maxmemory-policy noeviction',
      '--bind 127.0.0.1',
      '--dir folder',
    ]) {
      assert.ok(line.includes(part), part);
    }
  });
});

describe('a port', () => {
  it('is known to be taken, or free', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    assert.equal(await isPortTaken(port, '127.0.0.1'), true);
    server.close();
    await once(server, 'close');
    assert.equal(await isPortTaken(port, '127.0.0.1'), false);
  });
});
