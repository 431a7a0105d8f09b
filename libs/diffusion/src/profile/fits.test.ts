import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProfileError } from '../errors.ts';
import { KERNEL_WORLD } from '../test-support/files.ts';
import { readCheckpoint } from './checkpoint.ts';
import { checkFit, profileMemory } from './fits.ts';

const profile = (id: string, bytes: number) => ({ id, files: [{ path: 'x', bytes, sha256: '' }] });

test('profiles that fit side by side are let in, and the first that is too much is named', () => {
  checkFit([profile('a', 1e9), profile('b', 1e9)], 3e9);
  assert.throws(
    () => checkFit([profile('a', 1e9), profile('b', 2e9)], 3e9),
    (error) => error instanceof ProfileError && /^b needs 2\.80 GB beside 1\.40 GB/.test(error.reason),
  );
  assert.equal(profileMemory(profile('a', 100)), 140);
});

test('a checkpoint is an absolute folder with a profile, or an answer that says how to get one', async () => {
  assert.equal((await readCheckpoint(KERNEL_WORLD)).id, 'kernel-world');
  await assert.rejects(readCheckpoint('profiles/kernel-world'), /must be an absolute path/);
  const dir = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  await assert.rejects(readCheckpoint(dir), /profile\.json: the file is missing/);
  for (const index of ['modular_model_index.json', 'model_index.json']) {
    await writeFile(join(dir, index), '{}');
    const answer = new RegExp(`^${index}: .*export\\.py --checkpoint <this folder> --out <profile folder>`);
    await assert.rejects(readCheckpoint(dir), ({ message }: Error) => answer.test(message));
  }
  await rm(dir, { recursive: true });
});
