import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { FarmError, type ErrorType } from '@worldfarm/core';
import { listAll } from '../list-all.ts';
import type { ObjectStore } from '../store.ts';

const TYPE = { contentType: 'text/plain' };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const failsWith = (type: ErrorType) => (error: unknown) => error instanceof FarmError && error.type === type;

/** What every object store does. Each implementation runs this battery on an empty store of its own. */
export function objectStoreContract(
  name: string,
  open: () => Promise<{ store: ObjectStore; close(): Promise<void> }>,
): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    let close: () => Promise<void>;
    before(async () => {
      ({ store, close } = await open());
    });
    after(() => close());

    const read = async (key: string) => buffer((await store.get(key)).body);
    const keysUnder = async (prefix: string) => {
      const keys: string[] = [];
      for await (const object of listAll(store, prefix)) keys.push(object.key);
      return keys;
    };

    it('gives back the bytes and the content type that it was given', async () => {
      const put = await store.put('plain/note.txt', Buffer.from('hello'), TYPE);
      assert.deepEqual(put, { created: true, bytes: 5, sha256: sha256(Buffer.from('hello')) });
      const got = await store.get('plain/note.txt');
      assert.equal((await buffer(got.body)).toString(), 'hello');
      assert.equal(got.contentType, 'text/plain');
      assert.equal(got.bytes, 5);
      assert.equal(got.totalBytes, 5);
    });

    it('keeps a content type that contradicts the extension, and forgets it with the next write', async () => {
      await store.put('plain/odd.mp4', Buffer.from('x'), { contentType: 'application/x-odd' });
      assert.equal((await store.head('plain/odd.mp4'))?.contentType, 'application/x-odd');
      await store.put('plain/odd.mp4', Buffer.from('x'), { contentType: 'video/mp4' });
      assert.equal((await store.head('plain/odd.mp4'))?.contentType, 'video/mp4');
    });

    it('stores empty objects', async () => {
      await store.put('plain/empty', Buffer.alloc(0), TYPE);
      assert.equal((await read('plain/empty')).length, 0);
      await store.put('plain/empty-stream', Readable.from([]), TYPE);
      assert.equal((await store.head('plain/empty-stream'))?.bytes, 0);
    });

    it('stores a stream of unknown length, bigger than one part', async () => {
      const chunk = Buffer.alloc(1024 * 1024, 'worldfarm');
      const whole = Buffer.concat(Array.from({ length: 12 }, () => chunk));
      async function* chunks() {
        for (let i = 0; i < 12; i++) yield chunk;
      }
      const put = await store.put('stream/big.bin', chunks(), { ...TYPE, sha256: sha256(whole) });
      assert.deepEqual(put, { created: true, bytes: whole.length, sha256: sha256(whole) });
      assert.equal(sha256(await read('stream/big.bin')), sha256(whole));
    });

    it('replaces an object and changes its etag', async () => {
      await store.put('plain/again', Buffer.from('one'), TYPE);
      const first = await store.head('plain/again');
      await store.put('plain/again', Buffer.from('two'), TYPE);
      assert.equal((await read('plain/again')).toString(), 'two');
      assert.notEqual((await store.head('plain/again'))?.etag, first?.etag);
    });

    it('leaves what is there alone when asked to write only if absent', async () => {
      await store.put('once/a', Buffer.from('first'), { ...TYPE, ifAbsent: true });
      const body = Readable.from([Buffer.from('a longer second')]);
      const second = await store.put('once/a', body, { ...TYPE, ifAbsent: true });
      assert.deepEqual(second, { created: false, bytes: 5 });
      assert.equal((await read('once/a')).toString(), 'first');
      assert.ok(body.destroyed);
    });

    it('stores nothing of a body that does not match its digest', async () => {
      const wrong = { ...TYPE, sha256: sha256(Buffer.from('other')) };
      for (const body of [Buffer.from('bytes'), Readable.from([Buffer.from('bytes')])]) {
        await assert.rejects(store.put('bad/digest', body, wrong), failsWith('unprocessable_request'));
      }
      assert.equal(await store.head('bad/digest'), undefined);
    });

    it('stores nothing of a body that is too long', async () => {
      const put = store.put('bad/long', Readable.from([Buffer.alloc(9)]), { ...TYPE, maxBytes: 8 });
      await assert.rejects(put, failsWith('body_too_large'));
      assert.equal(await store.head('bad/long'), undefined);
      await store.put('bad/fits', Readable.from([Buffer.alloc(8)]), { ...TYPE, maxBytes: 8 });
    });

    it('stores nothing of a stream that breaks, and hands on the very error', async () => {
      const broken = new Error('the sender went away');
      async function* chunks() {
        yield Buffer.alloc(6 * 1024 * 1024);
        throw broken;
      }
      await assert.rejects(store.put('bad/broken', chunks(), TYPE), (error) => error === broken);
      assert.equal(await store.head('bad/broken'), undefined);
    });

    it('stops a write that is cancelled, keeps the object before it, and rejects with the reason', async () => {
      await store.put('cancel/a', Buffer.from('before'), TYPE);
      const controller = new AbortController();
      const reason = new Error('the job was canceled');
      async function* chunks() {
        yield Buffer.alloc(6 * 1024 * 1024);
        controller.abort(reason);
        yield Buffer.alloc(6 * 1024 * 1024);
      }
      const put = store.put('cancel/a', chunks(), { ...TYPE, signal: controller.signal });
      await assert.rejects(put, (error) => error === reason);
      assert.equal((await read('cancel/a')).toString(), 'before');
    });

    it('starts nothing when the signal was aborted before', async () => {
      const signal = AbortSignal.abort(new Error('too late'));
      const body = Buffer.from('x');
      await assert.rejects(store.put('cancel/b', body, { ...TYPE, signal }), /too late/);
      await assert.rejects(store.get('cancel/a', { signal }), /too late/);
      await assert.rejects(store.list('', { signal }), /too late/);
      assert.equal(await store.head('cancel/b'), undefined);
    });

    it('breaks off a read that is cancelled', async () => {
      await store.put('cancel/read', Buffer.alloc(4 * 1024 * 1024), TYPE);
      const controller = new AbortController();
      const { body } = await store.get('cancel/read', { signal: controller.signal });
      controller.abort(new Error('enough'));
      await assert.rejects(buffer(body));
    });

    it('reads ranges: from the middle, to the end, past the end', async () => {
      await store.put('range/abc', Buffer.from('abcdefghij'), TYPE);
      for (const [range, expected] of [
        [{ start: 2, end: 4 }, 'cde'],
        [{ start: 7 }, 'hij'],
        [{ start: 0, end: 1 }, 'ab'],
        [{ start: 8, end: 99 }, 'ij'],
      ] as const) {
        const got = await store.get('range/abc', { range });
        assert.equal((await buffer(got.body)).toString(), expected);
        assert.equal(got.bytes, expected.length);
        assert.equal(got.totalBytes, 10);
      }
    });

    it('refuses a range that starts past the end or runs backwards', async () => {
      await store.put('range/short', Buffer.from('abc'), TYPE);
      for (const range of [{ start: 3 }, { start: 2, end: 1 }]) {
        await assert.rejects(store.get('range/short', { range }), failsWith('invalid_request'));
      }
    });

    it('says that a missing object is missing', async () => {
      assert.equal(await store.head('missing/a'), undefined);
      await assert.rejects(store.get('missing/a'), failsWith('not_found'));
      await assert.rejects(store.copy('missing/a', 'missing/b'), failsWith('not_found'));
      await store.delete('missing/a');
      assert.equal(await store.deletePrefix('missing/'), 0);
    });

    it('takes a folder of keys for no object', async () => {
      await store.put('folder/of/keys', Buffer.from('x'), TYPE);
      assert.equal(await store.head('folder/of'), undefined);
      await assert.rejects(store.get('folder/of'), failsWith('not_found'));
      await store.delete('folder/of');
      assert.deepEqual(await keysUnder('folder/'), ['folder/of/keys']);
    });

    it('copies bytes and content type, and leaves the source', async () => {
      await store.put('copy/a', Buffer.from('copied'), { contentType: 'image/x-copied' });
      await store.copy('copy/a', 'copy/deep/b');
      assert.equal((await read('copy/deep/b')).toString(), 'copied');
      assert.equal((await store.head('copy/deep/b'))?.contentType, 'image/x-copied');
      assert.equal((await read('copy/a')).toString(), 'copied');
    });

    it('copies keys with spaces and other scripts', async () => {
      await store.put('copy/日本語 😀 100%20', Buffer.from('odd'), TYPE);
      await store.copy('copy/日本語 😀 100%20', 'copy/é');
      assert.equal((await read('copy/é')).toString(), 'odd');
    });

    it('deletes one object', async () => {
      await store.put('gone/a', Buffer.from('x'), TYPE);
      await store.delete('gone/a');
      assert.equal(await store.head('gone/a'), undefined);
    });

    it('deletes all under a prefix and nothing beside it', async () => {
      for (const key of ['jobs/1/video', 'jobs/1/deep/frame', 'jobs/10/video']) {
        await store.put(key, Buffer.from('x'), TYPE);
      }
      assert.equal(await store.deletePrefix('jobs/1/'), 2);
      assert.deepEqual(await keysUnder('jobs/'), ['jobs/10/video']);
    });

    it('refuses prefixes that are half a name, and the empty one for deleting', async () => {
      await assert.rejects(store.deletePrefix('jobs/1'), failsWith('invalid_request'));
      await assert.rejects(store.list('jobs/1'), failsWith('invalid_request'));
      await assert.rejects(store.deletePrefix(''), failsWith('invalid_request'));
    });

    it('lists in byte order, page by page, with sizes and times', async () => {
      const keys = [
        'list/a',
        'list/a-b',
        'list/a.b',
        'list/a0/x',
        'list/b/c/d',
        'list/b/c/e',
        'list/b0',
        'list/é',
        'list/～',
        'list/😀',
      ];
      for (const key of keys.toReversed()) await store.put(key, Buffer.from(key), TYPE);
      const first = await store.list('list/', { limit: 3 });
      assert.deepEqual(
        first.objects.map((o) => o.key),
        keys.slice(0, 3),
      );
      assert.equal(first.objects[0]?.bytes, 6);
      assert.ok(Math.abs(Date.now() - (first.objects[0]?.modifiedAt.getTime() ?? 0)) < 60_000);
      for (const limit of [1, 3, 1000]) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.list('list/', { limit, cursor });
          seen.push(...page.objects.map((o) => o.key));
          cursor = page.cursor;
        } while (cursor !== undefined);
        assert.deepEqual(seen, keys);
      }
      assert.deepEqual(await keysUnder('list/b/'), ['list/b/c/d', 'list/b/c/e']);
    });

    it('has no next page when the last one is exactly full', async () => {
      for (const key of ['full/a', 'full/b']) await store.put(key, Buffer.from('x'), TYPE);
      const page = await store.list('full/', { limit: 2 });
      assert.deepEqual(
        page.objects.map((o) => o.key),
        ['full/a', 'full/b'],
      );
      assert.equal(page.cursor, undefined);
    });

    it('keeps keys with spaces, signs and other scripts', async () => {
      const key = "odd/a b+c%20d&e=f'(g)!/日本語 😀.txt";
      await store.put(key, Buffer.from('odd'), TYPE);
      assert.equal((await read(key)).toString(), 'odd');
      assert.deepEqual(await keysUnder('odd/'), [key]);
      assert.equal(await store.deletePrefix('odd/'), 1);
    });

    it('refuses keys that reach out of the store', async () => {
      for (const key of ['', '/etc/passwd', '../up', 'a/../b', 'a//b', 'a/', 'a\\b', 'a\0b', '.store/x']) {
        await assert.rejects(store.put(key, Buffer.from('x'), TYPE), failsWith('invalid_request'));
        await assert.rejects(store.get(key), failsWith('invalid_request'));
      }
      await assert.rejects(store.head('k'.repeat(241)), failsWith('invalid_request'));
      await assert.rejects(store.head('k/'.repeat(500).slice(0, -1)), failsWith('invalid_request'));
    });

    it('keeps one whole body when many write at once', async () => {
      const bodies = ['a', 'b', 'c', 'd'].map((letter) => Buffer.from(letter.repeat(100)));
      await Promise.all(bodies.map((body) => store.put('race/plain', body, TYPE)));
      const winner = (await read('race/plain')).toString();
      assert.ok(bodies.some((body) => body.toString() === winner));
    });

    it('is healthy', () => store.check());
  });
}
