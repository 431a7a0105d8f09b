import type { Readable } from 'node:stream';

/** What can be stored: bytes in hand, or bytes on their way. */
export type ObjectBody = Uint8Array | Readable | AsyncIterable<Uint8Array>;

interface Cancellable {
  /** Stops the call. It then rejects with the signal's reason and leaves nothing half-written. */
  signal?: AbortSignal;
}

export interface PutOptions extends Cancellable {
  /** The MIME type that readers will see. */
  contentType: string;
  /** Expected digest (hex). Bytes that do not match it are not stored. */
  sha256?: string;
  /** Refuses a longer body with `body_too_large`, having read no more than this many bytes and one chunk. */
  maxBytes?: number;
  /** Keeps what is already there. See {@link PutResult.created}. */
  ifAbsent?: boolean;
}

export interface PutResult {
  /** False when `ifAbsent` found an object and left it alone; the body was then thrown away. */
  created: boolean;
  /** Length of the object that is stored now. */
  bytes: number;
  /** Digest (hex) of the bytes written; absent when nothing was written. */
  sha256?: string;
}

export interface ListedObject {
  key: string;
  bytes: number;
  modifiedAt: Date;
}

export interface ObjectInfo extends ListedObject {
  contentType: string;
  etag: string;
}

/** Byte positions as HTTP counts them: both ends are inside, and no `end` means the rest. */
export interface ByteRange {
  start: number;
  end?: number;
}

export interface GetOptions extends Cancellable {
  range?: ByteRange;
}

export interface StoredObject extends ObjectInfo {
  /** Destroy it if you do not read it to its end. */
  body: Readable;
  /** Length of `body`. */
  bytes: number;
  /** Length of the whole object: more than `bytes` when a range was asked for. */
  totalBytes: number;
}

export interface ListOptions extends Cancellable {
  /** `cursor` of the page before. */
  cursor?: string;
  /** At most this many keys, 1 to 1000 (default 1000). */
  limit?: number;
}

export interface ListPage {
  objects: ListedObject[];
  /** Where the next page starts; absent on the last one. */
  cursor?: string;
}

export interface PresignOptions extends Cancellable {
  /** Seconds until the link dies, at most a week. */
  expiresIn: number;
  /** Makes browsers save under this name instead of showing. */
  filename?: string;
}

/**
 * Keeps bytes under keys. S3 and a folder behave the same behind it (`contract.ts` proves it).
 *
 * Keys look like paths (`jobs/42/1/video.mp4`, see `keys.ts`); no key may be the folder of another.
 * Errors are FarmErrors: `not_found`, `body_too_large`, `invalid_request` for a bad key or range,
 * `dependency_unavailable` when the store is out of reach, refuses us, or has no room.
 */
export interface ObjectStore {
  /** Stores an object whole or not at all, over whatever was there. Streams are not held in memory. */
  put(key: string, body: ObjectBody, options: PutOptions): Promise<PutResult>;
  /** Opens an object for reading. Throws `not_found`. */
  get(key: string, options?: GetOptions): Promise<StoredObject>;
  /** Looks at an object without reading it. */
  head(key: string, options?: Cancellable): Promise<ObjectInfo | undefined>;
  /** Removes an object. One that is not there is no error. */
  delete(key: string, options?: Cancellable): Promise<void>;
  /** Removes everything under a prefix that ends in `/`. Returns how many objects went. */
  deletePrefix(prefix: string, options?: Cancellable): Promise<number>;
  /** One page of the keys under a prefix (`''` or ending in `/`), in order of their UTF-8 bytes. */
  list(prefix: string, options?: ListOptions): Promise<ListPage>;
  /** Copies inside the store (on S3 up to 5 GB), content type included. Throws `not_found`. */
  copy(from: string, to: string, options?: Cancellable): Promise<void>;
  /** A link that reads the object without us. Undefined where only we can serve the bytes. */
  presignGet(key: string, options: PresignOptions): Promise<URL | undefined>;
  /** Throws `dependency_unavailable` unless objects can be stored now. */
  check(options?: Cancellable): Promise<void>;
  /** Lets go of sockets. */
  close(): void;
}
