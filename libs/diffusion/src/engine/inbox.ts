/**
 * Chunks between the engine's thread and their consumer. Each chunk that is taken asks for one more, so no more than the
 * protocol's credits ever wait here.
 */
export class Inbox implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  readonly #pull: () => void;
  readonly #abandon: () => void;
  #end: { error?: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(pull: () => void, abandon: () => void) {
    this.#pull = pull;
    this.#abandon = abandon;
  }

  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#wake();
  }

  /** No more chunks will come; with an error, those that wait are dropped. */
  end(error?: unknown): void {
    if (this.#end) return;
    this.#end = error === undefined ? {} : { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      while (true) {
        if (this.#end && 'error' in this.#end) throw this.#end.error;
        const chunk = this.#waiting.shift();
        if (chunk) {
          this.#pull();
          yield chunk;
        } else if (this.#end) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      if (!this.#end) this.#abandon();
    }
  }
}
