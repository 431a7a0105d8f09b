import { uploadText } from '@worldfarm/core';
import { tooLarge } from './limits.ts';
import type { Upload, Uploads } from './upload.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Strings of these fields may be media, wherever they stand. */
const MEDIA_FIELDS = new Set(['image', 'video', 'control', 'mask', 'input_reference', 'image_url']);
/** Media texts longer than this are set aside. */
const LONGEST_INLINE = 4096;
/** A field name is looked at as far as this. */
const LONGEST_NAME = 64;

type Place = 'outside' | 'string' | 'media';

/**
 * Splits a JSON text into a skeleton and its long media strings. It knows only strings and colons: whether the
 * text is JSON at all is found when the skeleton is parsed.
 */
export class JsonIntake {
  readonly #uploads: Uploads;
  readonly #most: number;
  readonly #parts: Buffer[] = [];
  #bytes = 0;
  #place: Place = 'outside';
  /** last byte outside of strings that is not white space */
  #before = 0;
  /** the newest string that could be a field name */
  #name = '';
  /** bytes of an escape sequence that is not whole yet */
  #escape: Buffer | undefined;
  /** a media string while it is short: as written, and as meant */
  #raw: Buffer[] = [];
  #text: Buffer[] = [];
  #length = 0;
  #upload: Upload | undefined;

  constructor(uploads: Uploads, most: number) {
    this.#uploads = uploads;
    this.#most = most;
  }

  /** Takes the next piece of the body. The promise holds the sender back while media are written to disk. */
  async push(chunk: Buffer): Promise<void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#place === 'outside') at = this.#outside(chunk, at);
      else if (this.#escape) at = await this.#continueEscape(chunk, at);
      else at = await this.#inside(chunk, at);
    }
  }

  skeleton(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #outside(chunk: Buffer, at: number): number {
    const quote = chunk.indexOf(QUOTE, at);
    const end = quote < 0 ? chunk.length : quote;
    for (let i = end - 1; i >= at; i--) {
      if (chunk[i]! > 0x20) {
        this.#before = chunk[i]!;
        break;
      }
    }
    if (quote < 0) {
      this.#keep(chunk.subarray(at));
      return end;
    }
    const isValue = this.#before === COLON;
    this.#before = QUOTE;
    if (isValue && MEDIA_FIELDS.has(this.#name)) {
      this.#keep(chunk.subarray(at, quote));
      this.#place = 'media';
    } else {
      this.#keep(chunk.subarray(at, quote + 1));
      this.#place = 'string';
      this.#name = '';
    }
    return quote + 1;
  }

  async #inside(chunk: Buffer, at: number): Promise<number> {
    const quote = chunk.indexOf(QUOTE, at);
    const stretch = chunk.subarray(at, quote < 0 ? chunk.length : quote);
    const slash = stretch.indexOf(BACKSLASH);
    const plain = slash < 0 ? stretch : stretch.subarray(0, slash);
    await this.#take(plain, plain);
    if (slash >= 0) {
      this.#escape = Buffer.alloc(0);
      return at + slash;
    }
    if (quote < 0) return chunk.length;
    await this.#close();
    return quote + 1;
  }

  /** Escapes may be cut by the end of a chunk: `\u002B` is how some encoders write the plus of base64. */
  async #continueEscape(chunk: Buffer, at: number): Promise<number> {
    const have = this.#escape!;
    const second = have[1] ?? (have.length === 1 ? chunk[at] : chunk[at + 1]);
    const whole = second === undefined ? 2 : second === 0x75 ? 6 : 2;
    const taken = chunk.subarray(at, at + whole - have.length);
    const sequence = Buffer.concat([have, taken]);
    if (sequence.length < whole || second === undefined) {
      this.#escape = sequence;
      return at + taken.length;
    }
    this.#escape = undefined;
    await this.#take(sequence, this.#place === 'media' ? meaningOf(sequence) : sequence);
    return at + taken.length;
  }

  async #take(raw: Buffer, text: Buffer): Promise<void> {
    if (this.#place === 'string') {
      if (this.#name.length < LONGEST_NAME) this.#name += raw.toString('latin1', 0, LONGEST_NAME);
      this.#keep(raw);
      return;
    }
    if (this.#upload) {
      await this.#upload.write(text);
      return;
    }
    this.#raw.push(raw);
    this.#text.push(text);
    this.#length += text.length;
    if (this.#length > LONGEST_INLINE) await this.#setAside();
  }

  /** A long media string: base64 goes into an upload, a long URL stays where it is. */
  async #setAside(): Promise<void> {
    const text = Buffer.concat(this.#text);
    if (/^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text.toString('latin1', 0, 64))) {
      this.#place = 'string';
      this.#keep(Buffer.concat([Buffer.of(QUOTE), ...this.#raw]));
    } else {
      this.#upload = this.#uploads.create(this.#name);
      await this.#upload.write(text);
    }
    this.#raw = [];
    this.#text = [];
  }

  async #close(): Promise<void> {
    if (this.#upload) {
      await this.#upload.end();
      this.#keep(Buffer.from(JSON.stringify(uploadText(this.#upload.id))));
    } else if (this.#place === 'media') {
      this.#keep(Buffer.concat([Buffer.of(QUOTE), ...this.#raw, Buffer.of(QUOTE)]));
    } else {
      this.#keep(Buffer.of(QUOTE));
    }
    if (this.#place === 'media') this.#name = '';
    this.#upload = undefined;
    this.#raw = [];
    this.#text = [];
    this.#length = 0;
    this.#place = 'outside';
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > this.#most) throw tooLarge(this.#most, 'all fields but media');
    // The chunk's memory is the socket's: a small piece of it would keep all of it.
    this.#parts.push(Buffer.from(part));
  }
}

function meaningOf(sequence: Buffer): Buffer {
  try {
    return Buffer.from(JSON.parse(`"${sequence.toString('latin1')}"`) as string);
  } catch {
    // No base64 has such a sequence: left as it is, it is refused with the rest of the string.
    return sequence;
  }
}
