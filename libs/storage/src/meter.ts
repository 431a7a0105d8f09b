import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FarmError } from '@worldfarm/core';
import type { ObjectBody, PutOptions } from './store.ts';

/** A body that is counted and hashed while it passes, and breaks off when it breaks the put's conditions. */
export interface Meter {
  chunks: AsyncIterable<Uint8Array>;
  /** What has passed so far; the whole body once `chunks` has ended. */
  measured(): { bytes: number; sha256: string };
  /** Throws what broke the body, before whatever its breaking led to. */
  throwIfBroken(): void;
}

/** Watches a body. The last chunk has been handed on before a wrong digest is known, so wait for the end. */
export function meter(
  body: ObjectBody,
  { sha256, maxBytes, signal }: Omit<PutOptions, 'contentType'>,
): Meter {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest = '';
  let broken: { reason: unknown } | undefined;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* watched();
    } catch (reason) {
      broken = { reason };
      throw reason;
    }
  }

  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      signal?.throwIfAborted();
      bytes += chunk.byteLength;
      if (maxBytes !== undefined && bytes > maxBytes) {
        throw new FarmError('body_too_large', `The body is longer than ${maxBytes} bytes.`);
      }
      hash.update(chunk);
      yield chunk;
    }
    digest = hash.digest('hex');
    if (sha256 !== undefined && sha256 !== digest) {
      throw new FarmError('unprocessable_request', 'The bytes do not match their SHA-256 digest.');
    }
  }

  return {
    chunks: chunks(),
    measured: () => ({ bytes, sha256: digest }),
    throwIfBroken: () => {
      if (broken) throw broken.reason;
    },
  };
}

/** Lets go of a body that nobody will read. */
export async function discard(body: ObjectBody): Promise<void> {
  if (body instanceof Uint8Array) return;
  if (body instanceof Readable) body.destroy();
  else await body[Symbol.asyncIterator]().return?.();
}
