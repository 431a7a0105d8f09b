import { ROW_STATES, type RowCounts, type RowState } from '@worldfarm/core';

/** The leader's own copy of the row states: a byte a row. */
export class RowStates {
  readonly #bytes: Uint8Array;
  readonly #counts: number[];
  #from = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
    this.#counts = ROW_STATES.map(() => 0);
    for (const byte of this.#bytes) this.#counts[byte]!++;
  }

  get counts(): RowCounts {
    return Object.fromEntries(ROW_STATES.map((state, nth) => [state, this.#counts[nth]!])) as RowCounts;
  }

  set(row: number, state: RowState): void {
    const next = ROW_STATES.indexOf(state);
    this.#counts[this.#bytes[row]!]!--;
    this.#counts[next]!++;
    this.#bytes[row] = next;
    if (state === 'pending') this.#from = Math.min(this.#from, row);
  }

  /** The first pending rows, in order. */
  pending(most: number): number[] {
    const found: number[] = [];
    let row = this.#from;
    for (; row < this.#bytes.length && found.length < most; row++)
      if (this.#bytes[row] === 0) found.push(row);
    if (found.length === 0) this.#from = row;
    else this.#from = found[0]!;
    return found;
  }

  *inState(state: RowState): Generator<number> {
    const wanted = ROW_STATES.indexOf(state);
    for (let row = 0; row < this.#bytes.length; row++) if (this.#bytes[row] === wanted) yield row;
  }
}
