import { jpegSegments } from './jpeg-segments.ts';
import { sniff } from './sniff.ts';

export interface Size {
  width: number;
  height: number;
}

/**
 * Reads a picture's size in pixels (as stored, before any EXIF turn) out of its header, decoding nothing, so
 * that a bomb is refused unopened. Undefined when the bytes do not reach to the size or are no JPEG, PNG or
 * WebP.
 */
export function readImageSize(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers = { 'image/jpeg': jpegSize, 'image/png': pngSize, 'image/webp': webpSize };
  const type = sniff(bytes);
  if (type === undefined || !(type in readers)) return undefined;
  try {
    const size = readers[type as keyof typeof readers](view);
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** IHDR comes first, by the standard. */
function pngSize(view: DataView): Size | undefined {
  if (view.getUint32(12) !== 0x49484452) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The size is in the frame header (SOF0 to SOF15). */
function jpegSize(view: DataView): Size | undefined {
  for (const { marker, at } of jpegSegments(view)) {
    if (isFrameHeader(marker)) return { height: view.getUint16(at + 1), width: view.getUint16(at + 3) };
  }
  return undefined;
}

/** C4, C8 and CC share the range and mean tables. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function webpSize(view: DataView): Size | undefined {
  const little = true;
  switch (view.getUint32(12)) {
    case 0x56503820: // "VP8 ", lossy
      return { width: view.getUint16(26, little) & 0x3fff, height: view.getUint16(28, little) & 0x3fff };
    case 0x5650384c: {
      // "VP8L", lossless: two 14 bit numbers, each one less than the size
      const packed = view.getUint32(21, little);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: {
      // "VP8X", extended: two 24 bit numbers, each one less than the size
      const uint24 = (at: number) => view.getUint16(at, little) | (view.getUint8(at + 2) << 16);
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    }
    default:
      return undefined;
  }
}
