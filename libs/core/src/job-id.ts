let lastMs = 0;
let counter = 0;

/**
 * A UUID version 7: ids sort by the moment they were made, also within one millisecond of one process, so that
 * lists are newest first by id alone (RFC 9562, section 5.7; the counter is its method 1).
 */
export function newJobId(now: number = Date.now()): string {
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  random[0] = (random[0]! & 0x3f) | 0x80;
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = lastMs.toString(16).padStart(12, '0');
  const order = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${order}-${hex.slice(0, 4)}-${hex.slice(4)}`;
}
