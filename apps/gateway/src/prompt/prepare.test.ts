import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { FarmError, type RequestedPlan } from '@worldfarm/core';
import { createLogger } from '@worldfarm/service';
import { moderationGuard } from './moderation-guard.ts';
import { preparePrompt } from './prepare.ts';
import { chatRoute, openUpsampler } from './upsampler.ts';
import { wordGuard } from './word-guard.ts';

const never = new AbortController().signal;
const log: string[] = [];
const logger = createLogger({
  name: 't',
  level: 'info',
  json: true,
  stream: { write: (line) => void log.push(line) },
});
const plan = (over: object = {}) =>
  ({ mode: 'text2video', prompt: 'a dog', ...over }) as unknown as RequestedPlan;

/** Serves one kind of answer and remembers what it was asked. */
async function answering(
  status: number,
  body: unknown,
  run: (url: string, asked: unknown[]) => Promise<void>,
) {
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    asked.push({ url: request.url, authorization: request.headers.authorization, ...JSON.parse(text) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the word list', () => {
  const guard = wordGuard(['ass', 'Bad Word', 'naïve']);
  const blocks = async (prompt: string) => (await guard.check(prompt, never)) !== undefined;
  it('blocks whole words in any case, accent and spacing', async () => {
    for (const prompt of ['an ASS', 'ass.', 'a bad\n word here', 'BAD-WORD', 'so naive', 'Ａｓｓ']) {
      assert.equal(await blocks(prompt), true, prompt);
    }
  });
  it('lets words pass that only hold one', async () => {
    for (const prompt of ['a class of grass', 'bad words', 'badword', 'assassin', '']) {
      assert.equal(await blocks(prompt), false, prompt);
    }
  });
});

describe('the moderation endpoint', () => {
  it('blocks what it flags, and names why', () =>
    answering(
      200,
      { results: [{ flagged: true, categories: { violence: true, hate: false } }] },
      async (url, asked) => {
        const guard = moderationGuard({ url: `${url}/v1`, model: 'm', apiKey: 'k', timeoutMs: 5000 });
        assert.equal(await guard.check('x', never), 'the prompt was flagged: violence');
        assert.deepEqual(asked[0], {
          url: '/v1/moderations',
          authorization: 'Bearer k',
          input: 'x',
          model: 'm',
        });
      },
    ));
  it('stops the request when it is out of order', () =>
    answering(500, {}, async (url) => {
      const guards = [moderationGuard({ url, timeoutMs: 5000 })];
      await assert.rejects(
        preparePrompt(plan(), { guards }, logger, never),
        (error: unknown) => error instanceof FarmError && error.type === 'dependency_unavailable',
      );
    }));
});

describe('the upsampler', () => {
  it('rewrites the prompt through a chat endpoint', () =>
    answering(200, { choices: [{ message: { content: ' A brown dog runs. ' } }] }, async (url, asked) => {
      const upsampler = openUpsampler({ url, model: 'm', apiKey: 'k', timeoutMs: 5000 });
      assert.equal(
        await preparePrompt(plan(), { guards: [], upsampler }, logger, never),
        'A brown dog runs.',
      );
      assert.equal((asked[0] as { url: string }).url, '/v1/chat/completions');
      assert.equal((asked[0] as { messages: { content: string }[] }).messages[1]?.content, 'a dog');
    }));

  it('costs nothing but a line in the log when it fails', () =>
    answering(503, {}, async (url) => {
      const upsampler = openUpsampler({ url, model: 'm', timeoutMs: 5000 });
      assert.equal(await preparePrompt(plan(), { guards: [], upsampler }, logger, never), undefined);
      assert.match(log.at(-1)!, /the original is rendered/);
    }));

  it('is not asked where the caller or the mode does not want it', async () => {
    const stages = { guards: [], upsampler: async () => 'rewritten' };
    assert.equal(await preparePrompt(plan({ upsample: false }), stages, logger, never), undefined);
    assert.equal(await preparePrompt(plan({ mode: 'transfer' }), stages, logger, never), undefined);
    assert.equal(await preparePrompt(plan({ prompt: ' ' }), stages, logger, never), undefined);
    assert.equal(await preparePrompt(plan({ upsample: true }), stages, logger, never), 'rewritten');
  });

  it('is guarded, too', async () => {
    const stages = { guards: [wordGuard(['cat'])], upsampler: async () => 'a cat' };
    await assert.rejects(preparePrompt(plan(), stages, logger, never), /not allowed/);
  });

  it('finds its route from any form of the address', () => {
    for (const url of [
      'http://h',
      'http://h/',
      'http://h/v1',
      'http://h/v1/',
      'http://h/v1/chat/completions',
    ]) {
      assert.equal(chatRoute(url), 'http://h/v1/chat/completions');
    }
  });
});
