/** Length of the base64 text of so many bytes. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Bytes as base64 text between two other texts, without ever holding more than a chunk. */
export async function* base64Stream(
  bytes: AsyncIterable<Uint8Array>,
  head: Buffer,
  tail: Buffer,
): AsyncGenerator<Buffer> {
  yield head;
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Three bytes are four characters: what is short of three waits for the next chunk. Only those few are
    // joined; joining whole chunks would copy the file once more.
    const missing = carry.length > 0 ? Math.min(3 - carry.length, view.length) : 0;
    const joined = Buffer.concat([carry, view.subarray(0, missing)]);
    if (joined.length === 3) yield Buffer.from(joined.toString('base64'), 'latin1');
    const rest =
      joined.length === 3 || carry.length === 0 ? view.subarray(missing) : view.subarray(view.length);
    const whole = rest.length - (rest.length % 3);
    carry = joined.length === 3 || carry.length === 0 ? Buffer.from(rest.subarray(whole)) : joined;
    if (whole > 0) yield Buffer.from(rest.toString('base64', 0, whole), 'latin1');
  }
  yield Buffer.concat([Buffer.from(carry.toString('base64')), tail]);
}
