export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp';
export type VideoType = 'video/mp4' | 'video/webm' | 'video/x-msvideo' | 'video/quicktime';
export type MediaType = ImageType | VideoType;

/** How many bytes of a file {@link sniff} looks at. */
export const SNIFF_BYTES = 64;

/** Brands of pictures that dress as MP4. */
const PICTURE_BRANDS = new Set(['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'mif1', 'msf1', 'jxl ']);
/** First boxes of QuickTime files from before brands. */
const OLD_QUICKTIME = new Set(['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

/** Tells a file's type by its first bytes ({@link SNIFF_BYTES} suffice), whatever its name claims. */
export function sniff(bytes: Uint8Array): MediaType | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') return 'video/x-msvideo';
  if (startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3)) {
    return text(4, SNIFF_BYTES).includes('webm') ? 'video/webm' : undefined;
  }
  const box = text(4, 8);
  if (box === 'ftyp') {
    const brand = text(8, 12);
    if (PICTURE_BRANDS.has(brand)) return undefined;
    return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4';
  }
  return OLD_QUICKTIME.has(box) ? 'video/quicktime' : undefined;
}

export function isImage(type: MediaType | undefined): type is ImageType {
  return type?.startsWith('image/') ?? false;
}

export function isVideo(type: MediaType | undefined): type is VideoType {
  return type?.startsWith('video/') ?? false;
}

function startsWith(bytes: Uint8Array, ...magic: number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
