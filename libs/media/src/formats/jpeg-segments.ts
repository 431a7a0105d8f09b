export interface JpegSegment {
  /** Second byte of its marker: 0xe1 for APP1. */
  marker: number;
  /** Where its payload starts. */
  at: number;
}

/** The segments of a JPEG's header, up to its picture data. Throws a RangeError where the bytes end early. */
export function* jpegSegments(view: DataView): Generator<JpegSegment> {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
    } else if (marker === 0xd9 || marker === 0xda) {
      return;
    } else {
      yield { marker, at: at + 4 };
      at += 2 + view.getUint16(at + 2);
    }
  }
}
