import type { Readable } from 'node:stream';
import { FarmError } from '@worldfarm/core';

/** How much of a body is read, in bytes. */
export interface BodyLimits {
  /** everything */
  readonly total: number;
  /** all but the media */
  readonly fields: number;
}

/** Reads a body and breaks off over the limit; the connection stays, so that the refusal can be said. */
export async function* limited(request: Readable, most: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) throw tooLarge(most);
    yield chunk;
  }
}

export function tooLarge(most: number, what = 'the body', param = 'body'): FarmError {
  return new FarmError('body_too_large', `${what}: at most ${most} bytes`, { param });
}
