import { jpegSegments } from './jpeg-segments.ts';
import { sniff } from './sniff.ts';

const APP1 = 0xe1;
const ORIENTATION = 0x0112;
const EXIF = 0x45786966;
const LITTLE_ENDIAN = 0x4949;

/** A JPEG's EXIF orientation, 1 to 8; 1 (upright) where it has none or is no JPEG. */
export function readOrientation(bytes: Uint8Array): number {
  if (sniff(bytes) !== 'image/jpeg') return 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    for (const { marker, at } of jpegSegments(view)) {
      if (marker === APP1 && view.getUint32(at) === EXIF) return fromTiff(view, at + 6);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

/** EXIF is a TIFF file in a segment: a byte order, then the offset of a directory of 12 byte entries. */
function fromTiff(view: DataView, start: number): number {
  const little = view.getUint16(start) === LITTLE_ENDIAN;
  const directory = start + view.getUint32(start + 4, little);
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
