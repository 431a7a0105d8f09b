/** Names that were met, each with the line where it was met first: 12 bytes a name, a million in a few dozen megabytes. */
export class Seen {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #line = new Uint32Array(1024);
  #count = 0;

  /** The line where a name was met before, or 0. */
  find(hash: string): number {
    return this.#line[this.#find(...halves(hash))]!;
  }

  /**
   * Notes a name by its hash.
   * @param hash hex digits, 16 at least; those 64 bits stand for the name
   * @returns the line where it was met before, or 0 when it is new
   */
  note(hash: string, line: number): number {
    if (this.#count * 2 >= this.#line.length) this.#grow();
    const [high, low] = halves(hash);
    const slot = this.#find(high, low);
    if (this.#line[slot] !== 0) return this.#line[slot]!;
    this.#put(slot, high, low, line);
    return 0;
  }

  #find(high: number, low: number): number {
    const mask = this.#line.length - 1;
    let slot = (low ^ high) & mask;
    while (this.#line[slot] !== 0 && !(this.#low[slot] === low && this.#high[slot] === high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #put(slot: number, high: number, low: number, line: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#line[slot] = line;
    this.#count++;
  }

  #grow(): void {
    const [high, low, line] = [this.#high, this.#low, this.#line];
    const size = line.length * 2;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#line = new Uint32Array(size);
    this.#count = 0;
    for (let old = 0; old < line.length; old++) {
      if (line[old] === 0) continue;
      this.#put(this.#find(high[old]!, low[old]!), high[old]!, low[old]!, line[old]!);
    }
  }
}

function halves(hash: string): [high: number, low: number] {
  return [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)];
}
