import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { FarmError } from '@worldfarm/core';
import { objectStoreContract } from '../testing/contract.ts';
import { openFolderStore } from './folder-store.ts';

objectStoreContract('A folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'worldfarm-store-'));
  return { store: await openFolderStore({ root }), close: () => rm(root, { recursive: true }) };
});

describe('A folder', () => {
  async function openFolder() {
    const root = await mkdtemp(join(tmpdir(), 'worldfarm-store-'));
    after(() => rm(root, { recursive: true, force: true }));
    return { root, store: await openFolderStore({ root }) };
  }
  const TYPE = { contentType: 'video/mp4' };

  it('keeps objects under their own names, for people to look at', async () => {
    const { root, store } = await openFolder();
    await store.put('jobs/1/video.mp4', Buffer.from('clip'), TYPE);
    assert.equal(await readFile(join(root, 'jobs/1/video.mp4'), 'utf8'), 'clip');
    assert.deepEqual((await readdir(root)).sort(), ['.store', 'jobs']);
  });

  it('finds the objects of the process before', async () => {
    const { root, store } = await openFolder();
    await store.put('a/odd.bin', Buffer.from('x'), { contentType: 'x/odd' });
    const again = await openFolderStore({ root });
    assert.equal((await again.head('a/odd.bin'))?.contentType, 'x/odd');
  });

  it('leaves no half-written files and no empty folders', async () => {
    const { root, store } = await openFolder();
    await store.put('a/b/c.mp4', Buffer.from('x'), TYPE);
    await store.put('a/b/d.bin', Buffer.from('x'), TYPE);
    await assert.rejects(store.put('e/f.mp4', Buffer.from('x'), { ...TYPE, sha256: 'wrong' }));
    await store.deletePrefix('a/');
    assert.deepEqual(await readdir(root, { recursive: true }), ['.store', '.store/pending']);
  });

  it('sweeps what a writer left that died days ago, and not what a live one writes', async () => {
    const { root } = await openFolder();
    const pending = join(root, '.store/pending');
    await writeFile(join(pending, 'old'), 'x');
    await writeFile(join(pending, 'young'), 'x');
    await utimes(join(pending, 'old'), new Date(0), new Date(0));
    await openFolderStore({ root });
    assert.deepEqual(await readdir(pending), ['young']);
  });

  it('survives deletes that prune folders under writers', async () => {
    const { store } = await openFolder();
    async function writeAndDelete(name: string) {
      for (let round = 0; round < 20; round++) {
        await store.put(`busy/folder/${name}`, Buffer.from('x'), TYPE);
        await store.delete(`busy/folder/${name}`);
      }
      await store.put(`busy/folder/${name}`, Buffer.from('x'), TYPE);
    }
    await Promise.all(['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'].map(writeAndDelete));
    assert.equal((await store.list('busy/')).objects.length, 4);
  });

  it('lets exactly one of many writers make an object that must be new', async () => {
    const { store } = await openFolder();
    const bodies = Array.from({ length: 20 }, (_, i) => Buffer.from(`writer ${i}`));
    const puts = await Promise.all(
      bodies.map((body) => store.put('one/a.mp4', body, { ...TYPE, ifAbsent: true })),
    );
    assert.equal(puts.filter(({ created }) => created).length, 1);
    const winner = bodies[puts.findIndex(({ created }) => created)];
    assert.deepEqual(await buffer((await store.get('one/a.mp4')).body), winner);
  });

  it('makes no links: the bytes come from us', async () => {
    const { store } = await openFolder();
    assert.equal(await store.presignGet('a/b.mp4', { expiresIn: 60 }), undefined);
  });

  it('is out of reach when the folder is gone, and says no path', async () => {
    const { root, store } = await openFolder();
    await rm(root, { recursive: true });
    await writeFile(root, 'a file in its place');
    for (const call of [store.check(), store.put('a/b.mp4', Buffer.from('x'), TYPE)]) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof FarmError && error.type === 'dependency_unavailable', `${error}`);
        return !error.message.includes(root);
      });
    }
  });
});
