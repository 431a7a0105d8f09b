import { FarmError } from '@worldfarm/core';
import { type Outbound, OutboundError, type OutboundFailure } from '@worldfarm/service';
import type { Staged, Uploads } from '../body/upload.ts';

/** Fetches a URL that a client gave, within bounds, into the uploads of its request. */
export type MediaFetcher = (
  url: string,
  options: { field: string; maxBytes: number; uploads: Uploads; signal: AbortSignal },
) => Promise<Staged>;

const MOST_REDIRECTS = 3;

/** Opens the fetcher on the guarded way out: private addresses are refused there, for redirects too. */
export function openMediaFetcher(
  outbound: Pick<Outbound, 'request'>,
  { urlTimeoutMs }: { urlTimeoutMs: number },
): MediaFetcher {
  return async (url, { field, maxBytes, uploads, signal }) => {
    try {
      const reply = await outbound.request(url, {
        timeoutMs: urlTimeoutMs,
        maxBytes,
        redirects: MOST_REDIRECTS,
        signal,
        headers: { accept: 'image/*, video/*' },
      });
      if (reply.status !== 200) {
        reply.body.destroy();
        throw new FarmError('invalid_request', `${field}: the URL answered ${reply.status}`, {
          param: field,
        });
      }
      const upload = uploads.create(field);
      for await (const chunk of reply.body) await upload.writeBytes(chunk as Buffer);
      await upload.end();
      return upload;
    } catch (error) {
      throw error instanceof OutboundError ? refusal(error, field) : error;
    }
  };
}

const TYPES: Record<OutboundFailure, 'invalid_request' | 'body_too_large'> = {
  refused: 'invalid_request',
  unresolved: 'invalid_request',
  unreachable: 'invalid_request',
  broken: 'invalid_request',
  timeout: 'invalid_request',
  too_large: 'body_too_large',
};

/** The URL is the caller's, and so is the trouble with it. */
function refusal(error: OutboundError, field: string): FarmError {
  return new FarmError(TYPES[error.failure], `${field}: ${error.message}`, { param: field, cause: error });
}
