import { join } from 'node:path';

/**
 * Where a folder store keeps things. Objects lie under their keys, so people can look at them; the store's
 * own files lie in one dot folder, which no key can reach.
 */
export interface Layout {
  root: string;
  /** Half-written files, on the same file system as the objects. */
  pending: string;
  object(key: string): string;
  /** The note of an object's content type. */
  contentType(key: string): string;
}

export function layout(root: string): Layout {
  const own = join(root, '.store');
  return {
    root,
    pending: join(own, 'pending'),
    object: (key) => join(root, key),
    contentType: (key) => join(own, 'content-types', key),
  };
}
