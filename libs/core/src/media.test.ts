import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarmError } from './errors.ts';
import { MEDIA_LIMITS, parseMedia, uploadText } from './media.ts';

const read = (text: string) => parseMedia(text, 'image', 'image');
const refuses = (type: string) => (error: unknown) =>
  error instanceof FarmError && error.type === type && error.param === 'image';

describe('parseMedia', () => {
  it('tells base64, data URIs, URLs and uploads apart', () => {
    assert.deepEqual(read('aGk='), { kind: 'image', field: 'image', from: 'base64', data: 'aGk=' });
    assert.deepEqual(read(' aG\nk= '), { kind: 'image', field: 'image', from: 'base64', data: 'aGk=' });
    assert.deepEqual(read('data:image/png;base64,aGk='), {
      kind: 'image',
      field: 'image',
      from: 'base64',
      data: 'aGk=',
      declaredType: 'image/png',
    });
    assert.equal(read('HTTPS://example.com/a').from, 'url');
    assert.deepEqual(read(uploadText('7')), { kind: 'image', field: 'image', from: 'upload', id: '7' });
  });
  it('refuses what is none of them', () => {
    for (const text of [
      '',
      '!',
      'data:image/png,x',
      'data:image/png;base64',
      'ftp://x/y',
      'file:///etc',
      'a=b',
    ]) {
      assert.throws(() => read(text), refuses('invalid_request'), text);
    }
  });
  it('takes as many characters as it may, and not one more', () => {
    const { encoded } = MEDIA_LIMITS.image;
    assert.equal(read('A'.repeat(encoded)).from, 'base64');
    assert.throws(() => read('A'.repeat(encoded + 1)), refuses('body_too_large'));
  });
});
