import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { makeFolder, removeFolder } from './scratch.ts';

it('a folder of a job is its own, and goes with whatever it holds', async (t) => {
  const scratch = await mkdtemp(join(tmpdir(), 'worldfarm-scratch-'));
  t.after(() => rm(scratch, { recursive: true }));
  const [files, folders, gone] = [makeFolder(scratch), makeFolder(scratch), makeFolder(scratch)];
  await writeFile(join(files, 'video.mp4'), 'x');
  await mkdir(join(folders, 'parts'));
  await writeFile(join(folders, 'parts/1'), 'x');
  assert.equal((await readdir(scratch)).length, 3);
  await removeFolder(gone);
  for (const folder of [files, folders, gone]) await removeFolder(folder);
  assert.deepEqual(await readdir(scratch), []);
});
