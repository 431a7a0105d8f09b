import type { Size } from '../formats/image-size.ts';

/** Bytes of one RGB24 frame: three a pixel, row by row from the top left. */
export function frameBytes({ width, height }: Size): number {
  return width * height * 3;
}

/** Cuts a stream of bytes into frames of `size` bytes. Throws a RangeError when the last one is not whole. */
export async function* toFrames(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let frame = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; ) {
      const take = Math.min(size - filled, chunk.byteLength - at);
      frame.set(chunk.subarray(at, at + take), filled);
      at += take;
      filled += take;
      if (filled === size) {
        yield frame;
        frame = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  if (filled !== 0) throw new RangeError('the last frame is not whole');
}
