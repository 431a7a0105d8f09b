import type { Size } from '../formats/image-size.ts';

/** The same pixels on every processor: swscale's faster paths round differently. */
const EXACT = 'accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';

/** Fills the size and cuts what hangs over, evenly on both sides. Cut first: a 1 x 10000 strip must not grow. */
export function coverFilter({ width, height }: Size): string {
  const cropWidth = `max(1,min(iw,round(ih*${width}/${height})))`;
  const cropHeight = `max(1,min(ih,round(iw*${height}/${width})))`;
  return `crop=w='${cropWidth}':h='${cropHeight}':exact=1,${scaleFilter({ width, height })}`;
}

/** Stretches to the size. */
export function scaleFilter({ width, height }: Size, more = ''): string {
  return `scale=${width}:${height}:flags=lanczos+${EXACT}${more}`;
}
