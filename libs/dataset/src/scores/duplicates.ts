const BITS = 192;
const BANDS = 12;
/** Bits in which near duplicates may differ. One fewer than bands, so that at least one band is equal. */
export const NEAR = BANDS - 2;

/**
 * Finds the first clip that looks like each one. Hashes are cut into bands; clips that are near enough share at
 * least one, so only those are compared.
 */
export class NearDuplicates {
  readonly #bands = Array.from({ length: BANDS }, () => new Map<string, number[]>());
  readonly #seen: { id: string; hash: bigint }[] = [];

  /** Adds a clip. @returns the id of the first one before it that is near, or null */
  add(id: string, phash: string): string | null {
    const hash = BigInt(`0x${phash}`);
    const digits = phash.padStart(BITS / 4, '0');
    const width = digits.length / BANDS;
    const parts = this.#bands.map((_, band) => digits.slice(band * width, (band + 1) * width));
    let first = Infinity;
    for (const [band, part] of parts.entries()) {
      for (const other of this.#bands[band]!.get(part) ?? []) {
        if (other < first && distance(this.#seen[other]!.hash, hash) <= NEAR) first = other;
      }
    }
    if (first !== Infinity) return this.#seen[first]!.id;
    // A near duplicate stands behind its first and is kept nowhere, so that a thousand equal clips cost as one.
    for (const [band, part] of parts.entries()) {
      const bucket = this.#bands[band]!.get(part);
      if (bucket) bucket.push(this.#seen.length);
      else this.#bands[band]!.set(part, [this.#seen.length]);
    }
    this.#seen.push({ id, hash });
    return null;
  }
}

/** Bits that differ. */
export function distance(a: bigint, b: bigint): number {
  let rest = a ^ b;
  let count = 0;
  for (; rest > 0n; rest &= rest - 1n) count++;
  return count;
}
