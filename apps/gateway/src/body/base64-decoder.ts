/** The longest head of a data URI that is looked for. */
const LONGEST_HEAD = 256;

/**
 * Decodes base64 (also the URL-safe kind, also as a data URI) piece by piece. White space is let pass;
 * anything else that is not base64 becomes a problem, and decoding stops.
 */
export class Base64Decoder {
  /** why the text is not base64 */
  problem: string | undefined;
  #carry = '';
  #headRead = false;
  #padded = false;

  /** Takes the next piece of text and gives the bytes that are whole. */
  push(piece: Buffer): Buffer {
    let text = this.#carry + piece.toString('latin1');
    this.#carry = '';
    if (!this.#headRead) {
      const rest = this.#skipHead(text);
      if (rest === undefined) return Buffer.alloc(0);
      text = rest;
    }
    const whole = text.length - (text.length % 4);
    const bytes = Buffer.from(text.slice(0, whole), 'base64');
    if (bytes.length === (whole / 4) * 3 && !this.#padded) {
      this.#carry = text.slice(whole);
      return bytes;
    }
    return this.#careful(text);
  }

  /** The bytes of the last, perhaps unpadded, group. */
  end(): Buffer {
    const rest = this.#carry.replace(/[\s=]/g, '');
    if (rest.length === 1) this.problem = 'the base64 text ends too early';
    if (!this.#headRead && this.#carry.startsWith('data:')) this.problem = 'the data URI has no data';
    return Buffer.from(rest, 'base64');
  }

  /** White space or padding is somewhere in the text: slower, and as strict. */
  #careful(text: string): Buffer {
    const dense = text.replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(dense) || (this.#padded && dense !== '')) {
      this.problem = 'expected base64, a data URI or an http(s) URL';
      return Buffer.alloc(0);
    }
    if (dense.endsWith('=')) this.#padded = true;
    const whole = this.#padded ? dense.length : dense.length - (dense.length % 4);
    this.#carry = dense.slice(whole);
    return Buffer.from(dense.slice(0, whole), 'base64');
  }

  /** Undefined: more text is needed to tell. */
  #skipHead(given: string): string | undefined {
    const text = given.trimStart();
    if (text === '') return undefined;
    if (!text.startsWith('data:')) {
      this.#headRead = true;
      return text;
    }
    const comma = text.indexOf(',');
    if (comma < 0) {
      if (text.length > LONGEST_HEAD) this.problem = 'a data URI must carry ";base64," and base64 data';
      else this.#carry = text;
      return undefined;
    }
    this.#headRead = true;
    if (!/;base64$/i.test(text.slice(5, comma))) {
      this.problem = 'a data URI must carry ";base64," and base64 data';
      return undefined;
    }
    return text.slice(comma + 1);
  }
}
