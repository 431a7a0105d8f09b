import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';

/** Decodes an 8-bit RGB PNG without interlacing: all that the goldens need. */
export async function readPng(
  path: string | URL,
): Promise<{ width: number; height: number; rgb: Uint8Array }> {
  const file = await readFile(path);
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(file.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const row = width * 3;
  const raw = inflateSync(Buffer.concat(parts));
  const rgb = new Uint8Array(row * height);
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : rgb[y * row + x]!);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)]!;
    for (let x = 0; x < row; x++) {
      const left = at(x - 3, y);
      const up = at(x, y - 1);
      const corner = x < 3 ? 0 : at(x - 3, y - 1);
      const predictors = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      rgb[y * row + x] = raw[y * (row + 1) + 1 + x]! + predictors[filter]!;
    }
  }
  return { width, height, rgb };
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
