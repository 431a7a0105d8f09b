import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FarmError, MEDIA_LIMITS } from '@worldfarm/core';
import { Base64Decoder } from './base64-decoder.ts';

/** Decoded bytes up to this many stay in memory; more go to a temporary file. */
const IN_MEMORY = 256_000;
/** The beginning is kept at hand: file types and picture sizes are read from it. */
const HEAD = 64 * 1024;

/** Bytes of one media field, on their way to storage. */
export interface Staged {
  readonly bytes: number;
  readonly sha256: string;
  readonly head: Buffer;
  open(): Buffer | Readable;
  /** a file with the bytes, for tools that need one */
  path(): Promise<string>;
}

/** The uploads of one request. They are gone when the request ends, whatever became of it. */
export class Uploads {
  readonly #folder: string;
  readonly #uploads = new Map<string, Upload>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  create(field: string): Upload {
    const upload = new Upload(field, this.#folder);
    this.#uploads.set(upload.id, upload);
    return upload;
  }

  get(id: string): Upload | undefined {
    return this.#uploads.get(id);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#uploads.values()].map((upload) => upload.dispose()));
  }
}

/** One media field while it arrives: text in, bytes out. */
export class Upload implements Staged {
  readonly id = randomUUID();
  /** why the text is no media, where it is none */
  problem: string | undefined;
  /** characters as they were sent */
  encoded = 0;
  bytes = 0;
  sha256 = '';
  head: Buffer = Buffer.alloc(0);
  readonly #field: string;
  readonly #folder: string;
  readonly #file: string;
  readonly #decoder = new Base64Decoder();
  readonly #hash = createHash('sha256');
  #memory: Buffer[] = [];
  #disk: WriteStream | undefined;
  #onDisk = false;

  constructor(field: string, folder: string) {
    this.#field = field;
    this.#folder = folder;
    this.#file = join(folder, `upload-${this.id}`);
  }

  /** Takes more base64 text, the head of a data URI included. @throws FarmError body_too_large */
  async write(text: Buffer): Promise<void> {
    this.encoded += text.length;
    const most = MEDIA_LIMITS.video.encoded;
    if (this.encoded > most) {
      throw new FarmError('body_too_large', `${this.#field}: at most ${most} encoded characters`, {
        param: this.#field,
      });
    }
    if (this.problem) return;
    const bytes = this.#decoder.push(text);
    this.problem = this.#decoder.problem;
    await this.writeBytes(bytes);
  }

  /** Takes bytes that need no decoding. */
  async writeBytes(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    if (this.head.length < HEAD)
      this.head = Buffer.concat([this.head, bytes.subarray(0, HEAD - this.head.length)]);
    if (!this.#disk) {
      this.#memory.push(bytes);
      if (this.bytes > IN_MEMORY) await this.#toDisk();
    } else if (!this.#disk.write(bytes)) {
      await once(this.#disk, 'drain');
    }
  }

  async end(): Promise<void> {
    if (!this.problem) {
      await this.writeBytes(this.#decoder.end());
      this.problem = this.#decoder.problem;
    }
    this.sha256 = this.#hash.digest('hex');
    await this.#closeDisk();
  }

  open(): Buffer | Readable {
    return this.#onDisk ? createReadStream(this.#file) : Buffer.concat(this.#memory);
  }

  async path(): Promise<string> {
    if (!this.#onDisk) {
      await this.#toDisk();
      await this.#closeDisk();
    }
    return this.#file;
  }

  async dispose(): Promise<void> {
    this.#memory = [];
    this.#disk?.destroy();
    if (this.#onDisk) await rm(this.#file, { force: true });
  }

  async #toDisk(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    this.#onDisk = true;
    this.#disk = createWriteStream(this.#file, { mode: 0o600 });
    await once(this.#disk, 'open');
    this.#disk.write(Buffer.concat(this.#memory));
    this.#memory = [];
  }

  async #closeDisk(): Promise<void> {
    if (!this.#disk) return;
    this.#disk.end();
    await once(this.#disk, 'close');
    this.#disk = undefined;
  }
}
