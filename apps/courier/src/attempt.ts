import type { Readable } from 'node:stream';
import { type Outbound, OutboundError } from '@worldfarm/service';
import type { Outcome } from './judge.ts';
import { parseRetryAfter } from './schedule.ts';

/** How much of an answer the log keeps. */
const REPLY_BYTES = 1_024;
/** The status decides; for the rest of an answer nobody waits longer. */
const REPLY_MS = 1_000;

export interface Try {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** until the answer's status is there */
  readonly timeoutMs: number;
}

/** Posts once. Never throws: whatever goes wrong is an outcome. */
export async function attempt(outbound: Pick<Outbound, 'request'>, asked: Try): Promise<Outcome> {
  try {
    const { url, headers, body, timeoutMs } = asked;
    const reply = await outbound.request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      timeoutMs,
      maxBytes: Number.MAX_SAFE_INTEGER,
    });
    const wish = reply.headers['retry-after'];
    return {
      kind: 'answered',
      status: reply.status,
      retryAfterMs: parseRetryAfter(Array.isArray(wish) ? wish[0] : wish, Date.now()),
      reply: await readStart(reply.body),
    };
  } catch (error) {
    if (error instanceof OutboundError) {
      return { kind: 'failed', failure: error.failure, message: error.message };
    }
    return { kind: 'failed', failure: 'broken', message: 'the request could not be sent' };
  }
}

/** The beginning of a body, as far as it comes in time; the rest is not read. */
async function readStart(body: Readable): Promise<string> {
  const enough = setTimeout(() => body.destroy(), REPLY_MS);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= REPLY_BYTES) break;
    }
  } catch {
    // The status is known; an answer that breaks off afterwards is still one.
  } finally {
    clearTimeout(enough);
  }
  return Buffer.concat(chunks).subarray(0, REPLY_BYTES).toString('utf8');
}
