import { FarmError } from './errors.ts';

/** What a client may hand over in a media field (`image`, `video`, `control`, `mask`). */
export type MediaKind = 'image' | 'video';

interface NamedMedia {
  readonly kind: MediaKind;
  /** dotted path of the field in the body, for errors and for writing the stored key back */
  readonly field: string;
}

/** A media field as the client sent it, classified but not yet read. */
export type MediaSource = NamedMedia &
  (
    | { readonly from: 'base64'; readonly data: string; readonly declaredType?: string }
    | { readonly from: 'url'; readonly url: string }
    /** bytes that came in the body and were set aside while it was read */
    | { readonly from: 'upload'; readonly id: string }
  );

const UPLOAD_SCHEME = 'upload://';

/** The text that stands in a body for bytes that were set aside under `id`. */
export function uploadText(id: string): string {
  return `${UPLOAD_SCHEME}${id}`;
}

/** A media field after its bytes were checked and stored: what a job record holds. */
export interface MediaRef {
  readonly kind: MediaKind;
  /** object key */
  readonly key: string;
  /** MIME type found by content, not by claim */
  readonly type: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Longest media strings a request may carry, in encoded characters (CONTRACT: media fields). */
export const MEDIA_LIMITS: Record<MediaKind, { encoded: number; decoded: number }> = {
  image: { encoded: 20_000_000, decoded: 15_000_000 },
  video: { encoded: 100_000_000, decoded: 75_000_000 },
};

/**
 * Tells base64, data URI and URL apart.
 *
 * @param field dotted name for the error
 * @throws FarmError `invalid_request` for text that is none of the three, `body_too_large` over the limit
 */
export function parseMedia(given: string, kind: MediaKind, field: string): MediaSource {
  const text = given.trim();
  if (/^https?:\/\//i.test(text)) return { kind, field, from: 'url', url: text };
  if (text.startsWith(UPLOAD_SCHEME)) {
    return { kind, field, from: 'upload', id: text.slice(UPLOAD_SCHEME.length) };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new FarmError('invalid_request', `${field}: only http and https URLs are accepted`, {
      param: field,
    });
  }
  const limit = MEDIA_LIMITS[kind].encoded;
  if (text.length > limit) {
    throw new FarmError(
      'body_too_large',
      `${field}: at most ${limit} encoded characters, got ${text.length}`,
      {
        param: field,
      },
    );
  }
  const comma = text.startsWith('data:') ? text.indexOf(',') : -1;
  if (text.startsWith('data:')) {
    const head = text.slice(5, comma);
    if (comma < 0 || !/;base64$/i.test(head)) {
      throw new FarmError('invalid_request', `${field}: a data URI must carry ";base64," and base64 data`, {
        param: field,
      });
    }
    return {
      kind,
      field,
      from: 'base64',
      data: checkBase64(text.slice(comma + 1), field),
      declaredType: head.split(';')[0],
    };
  }
  return { kind, field, from: 'base64', data: checkBase64(text, field) };
}

function checkBase64(data: string, field: string): string {
  const compact = /\s/.test(data) ? data.replace(/\s+/g, '') : data;
  if (compact.length === 0 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) {
    throw new FarmError('invalid_request', `${field}: expected base64, a data URI or an http(s) URL`, {
      param: field,
    });
  }
  return compact;
}
