/** Version, trace, span and flags in lower-case hexadecimal; version ff and ids of zeros alone are not valid. */
const VALID = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A W3C `traceparent` as it came, where it is a valid one. https://www.w3.org/TR/trace-context/ */
export function readTraceparent(text: string | undefined): string | undefined {
  return text !== undefined && VALID.test(text) ? text : undefined;
}
