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
    const all =
      carry.length > 0
        ? Buffer.concat([carry, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole = all.length - (all.length % 3);
    // A copy: the rest of the chunk's memory is not kept for two bytes.
    carry = Buffer.from(all.subarray(whole));
    if (whole > 0) yield Buffer.from(all.toString('base64', 0, whole), 'latin1');
  }
  yield Buffer.concat([Buffer.from(carry.toString('base64')), tail]);
}
