import { FarmError } from '@worldfarm/core';

/** S3 takes 1024; the rest is room for the store's own prefix. */
const MAX_KEY_BYTES = 900;
/** File systems take 255; the rest is room for suffixes. */
const MAX_SEGMENT_BYTES = 240;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/;

/**
 * Refuses a key that S3 and a folder would not both keep: segments joined by `/`, none empty, none
 * starting with a dot (which covers `..` and the folder store's own files), no control characters.
 */
export function checkKey(key: string): string {
  const problem = problemOf(key);
  if (problem) throw new FarmError('invalid_request', `The storage key ${problem}.`, { param: 'key' });
  return key;
}

/** Refuses a prefix that is not `''` or a key followed by `/`: half a name would match its neighbours. */
export function checkPrefix(prefix: string): string {
  if (prefix === '') return prefix;
  if (!prefix.endsWith('/')) {
    throw new FarmError('invalid_request', 'A storage prefix ends in "/".', { param: 'prefix' });
  }
  checkKey(prefix.slice(0, -1));
  return prefix;
}

/** A prefix that names a folder: deleting "everything" is never what a caller means. */
export function checkFolderPrefix(prefix: string): string {
  if (prefix !== '') return checkPrefix(prefix);
  throw new FarmError('invalid_request', 'The storage prefix is empty.', { param: 'prefix' });
}

function problemOf(key: string): string | undefined {
  if (key === '') return 'is empty';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `is longer than ${MAX_KEY_BYTES} bytes`;
  if (!key.isWellFormed() || FORBIDDEN.test(key)) return 'has a character that is not allowed';
  for (const segment of key.split('/')) {
    if (segment === '') return 'has an empty segment';
    if (segment.startsWith('.')) return 'has a segment that starts with a dot';
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
      return `has a segment longer than ${MAX_SEGMENT_BYTES} bytes`;
    }
  }
  return undefined;
}
