/**
 * The normaliser that SentencePiece models carry as a compiled table ("Precompiled"): a double-array trie over UTF-8
 * bytes and the replacements it points to. Source: google/sentencepiece `normalizer.cc`, darts-clone's unit layout.
 */

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Longer graphemes are looked up code point by code point. */
const LONGEST_GRAPHEME = 6;

const hasLeaf = (unit: number) => ((unit >>> 8) & 1) === 1;
const value = (unit: number) => unit & 0x7fffffff;
const label = (unit: number) => (unit & 0x800000ff) >>> 0;
const offset = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** The place of the replacement for the shortest key that the bytes begin with. */
function lookUp(trie: Uint32Array, bytes: Uint8Array): number | undefined {
  let node = offset(trie[0]!);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    node ^= byte;
    const unit = trie[node]!;
    if (label(unit) !== byte) return undefined;
    node ^= offset(unit);
    if (hasLeaf(unit)) return value(trie[node]!);
  }
  return undefined;
}

/**
 * Reads a compiled table.
 * @param charsMap base64 of: length of the trie in bytes (uint32), the trie (uint32 units), replacements that end in 0
 * @returns the normaliser
 */
export function precompiled(charsMap: string): (text: string) => string {
  const table = Uint8Array.from(Buffer.from(charsMap, 'base64'));
  const size = new DataView(table.buffer).getUint32(0, true);
  const trie = new Uint32Array(table.buffer.slice(4, 4 + size));
  const replacements = table.subarray(4 + size);

  function replace(part: string): string | undefined {
    const at = lookUp(trie, encoder.encode(part));
    return at === undefined
      ? undefined
      : decoder.decode(replacements.subarray(at, replacements.indexOf(0, at)));
  }

  return (text) => {
    let out = '';
    for (const { segment } of segmenter.segment(text)) {
      const whole = encoder.encode(segment).length < LONGEST_GRAPHEME ? replace(segment) : undefined;
      if (whole !== undefined) out += whole;
      else for (const char of segment) out += replace(char) ?? char;
    }
    return out;
  };
}

interface NormalizerJson {
  readonly type: string;
  readonly precompiled_charsmap?: string;
  readonly normalizers?: readonly NormalizerJson[];
}

/**
 * Takes a compiled table that comes first out of a tokenizer's normaliser, because the tokenizer library only imitates
 * it and stumbles over joined emoji. Undefined when there is none.
 */
export function takePrecompiled(
  normalizer: NormalizerJson | null | undefined,
): { normalize: (text: string) => string; rest: NormalizerJson | null } | undefined {
  if (normalizer?.type === 'Precompiled' && normalizer.precompiled_charsmap) {
    return { normalize: precompiled(normalizer.precompiled_charsmap), rest: null };
  }
  const [first, ...others] = normalizer?.type === 'Sequence' ? (normalizer.normalizers ?? []) : [];
  const taken = first && takePrecompiled(first);
  return taken && { normalize: taken.normalize, rest: { type: 'Sequence', normalizers: others } };
}
