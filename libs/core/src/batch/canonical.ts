/** A hash of text as lower-case hex; SHA-256 everywhere. Given by the caller, because browsers have no synchronous one. */
export type Digest = (text: string) => string;

/**
 * JSON with the keys of every object in order of their code units and without `undefined`, so that equal values
 * have equal text.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as Record<string, unknown>;
  const fields = Object.keys(object)
    .filter((name) => object[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name])}`);
  return `{${fields.join(',')}}`;
}
