import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { base64Length, base64Stream } from './base64-stream.ts';

async function encode(bytes: Buffer, sizes: number[]): Promise<string> {
  async function* chunks() {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length]!;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  let text = '';
  for await (const part of base64Stream(chunks(), Buffer.from('<'), Buffer.from('>')))
    text += part.toString();
  return text;
}

describe('base64Stream', () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 7) % 256));
  for (const sizes of [[1], [2], [3], [4], [5, 1, 1], [1, 2, 64], [1000]]) {
    for (const length of [0, 1, 2, 3, 4, 100, 1000]) {
      it(`is the base64 of ${length} bytes in chunks of ${sizes.join(', ')}`, async () => {
        const part = bytes.subarray(0, length);
        const text = await encode(part, sizes);
        assert.equal(text, `<${part.toString('base64')}>`);
        assert.equal(text.length - 2, base64Length(length));
      });
    }
  }
});
