import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { JsonIntake } from './json-intake.ts';
import { Uploads } from './upload.ts';

const bytes = Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * 31) % 256));
const base64 = bytes.toString('base64');

async function read(text: string, step: number) {
  const uploads = new Uploads(tmpdir());
  const intake = new JsonIntake(uploads, 1_000_000);
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += step) await intake.push(all.subarray(at, at + step));
  const body = JSON.parse(intake.skeleton().toString());
  const upload = uploads.get(String(body.image ?? '').replace('upload://', ''));
  return { body, upload, uploads };
}

const shaOf = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('JsonIntake', () => {
  for (const step of [1, 7, 4096, 1_000_000]) {
    it(`sets a long image aside, in pieces of ${step}`, async () => {
      const { body, upload } = await read(
        JSON.stringify({ prompt: 'a "b" \\ c', image: base64, seed: 1 }),
        step,
      );
      assert.equal(body.prompt, 'a "b" \\ c');
      assert.equal(body.seed, 1);
      assert.equal(upload?.sha256, shaOf(bytes));
      assert.equal(upload?.bytes, bytes.length);
      assert.equal(upload?.problem, undefined);
    });

    it(`reads data URIs and escaped base64, in pieces of ${step}`, async () => {
      const escaped = base64.replaceAll('/', '\\/').replaceAll('+', '\\u002B');
      const { upload } = await read(`{"image":"data:image/png;base64,${escaped}"}`, step);
      assert.equal(upload?.sha256, shaOf(bytes));
    });
  }

  it('leaves short media, long URLs and other fields where they are', async () => {
    const url = `https://example.com/${'a'.repeat(6000)}`;
    const long = 'word '.repeat(3000);
    const { body } = await read(JSON.stringify({ image: 'aGk=', video: url, prompt: long }), 999);
    assert.deepEqual(body, { image: 'aGk=', video: url, prompt: long });
  });

  it('takes base64 with line breaks', async () => {
    const lines = base64.replace(/.{76}/g, '$&\r\n');
    const { upload } = await read(JSON.stringify({ image: lines }), 4096);
    assert.equal(upload?.sha256, shaOf(bytes));
  });

  it('takes white space around a data URI', async () => {
    const { upload } = await read(JSON.stringify({ image: ` \n data:image/png;base64, ${base64}\n ` }), 4096);
    assert.equal(upload?.problem, undefined);
    assert.equal(upload?.sha256, shaOf(bytes));
  });

  it('says so when a long text is no base64', async () => {
    const { upload } = await read(JSON.stringify({ image: `${base64.slice(0, 9000)}!!!${base64}` }), 4096);
    assert.match(upload?.problem ?? '', /expected base64/);
  });

  it('refuses padding in the middle', async () => {
    const { upload } = await read(JSON.stringify({ image: `${base64.slice(0, 9000)}=${base64}` }), 4096);
    assert.ok(upload?.problem);
  });

  it('does not mistake a value for a field name', async () => {
    const { body } = await read(JSON.stringify({ a: ['image', base64] }), 512);
    assert.deepEqual(body, { a: ['image', base64] });
  });

  it('keeps everything but media small', async () => {
    const intake = new JsonIntake(new Uploads(tmpdir()), 1000);
    await assert.rejects(
      intake.push(Buffer.from(JSON.stringify({ prompt: 'x'.repeat(2000) }))),
      (error: unknown) => error instanceof FarmError && error.type === 'body_too_large',
    );
  });
});
