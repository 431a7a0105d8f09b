import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isImage, isVideo, sniff } from './sniff.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('sniff', () => {
  for (const [name, head, type] of [
    ['a JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['a PNG', '\x89PNG\r\n\x1a\n', 'image/png'],
    ['a WebP', 'RIFF\x24\0\0\0WEBPVP8 ', 'image/webp'],
    ['an AVI', 'RIFF\x24\0\0\0AVI LIST', 'video/x-msvideo'],
    ['an MP4', '\0\0\0\x20ftypisom', 'video/mp4'],
    ['an MP4 in fragments', '\0\0\0\x20ftypiso5', 'video/mp4'],
    ['a MOV', '\0\0\0\x14ftypqt  ', 'video/quicktime'],
    ['a MOV from before brands', '\0\0\x10\0moov', 'video/quicktime'],
    ['a WebM', '\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm', 'video/webm'],
  ] as const) {
    it(`knows ${name}`, () => assert.equal(sniff(bytes(head)), type));
  }

  for (const [name, head] of [
    ['nothing', ''],
    ['a few bytes', '\xff\xd8'],
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n'],
    ['a concat script', "ffconcat version 1.0\nfile '/etc/hostname'\n"],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a GIF', 'GIF89a'],
    ['a Matroska file that is no WebM', '\x1a\x45\xdf\xa3\x01B\x82\x88matroska'],
    ['an AVIF picture', '\0\0\0\x20ftypavif'],
    ['a HEIC picture', '\0\0\0\x20ftypheic'],
    ['a WAV', 'RIFF\x24\0\0\0WAVEfmt '],
  ] as const) {
    it(`does not take ${name}`, () => assert.equal(sniff(bytes(head)), undefined));
  }

  it('parts images from videos', () => {
    assert.ok(isImage('image/png') && !isImage('video/mp4') && !isImage(undefined));
    assert.ok(isVideo('video/mp4') && !isVideo('image/png') && !isVideo(undefined));
  });
});
