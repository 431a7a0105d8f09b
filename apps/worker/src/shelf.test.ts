import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ProfileError } from '@worldfarm/diffusion';
import { openShelf, type ShelfOptions } from './shelf.ts';

const PROFILES = resolve(import.meta.dirname, '../../../profiles');
const NULL_PROFILE = resolve(import.meta.dirname, '../../../test/fixtures/profiles/null');

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-shelf-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const DEFAULTS = {
  profilesFolder: PROFILES,
  profiles: undefined,
  checkpoint: undefined,
  providers: undefined,
  deviceMemory: undefined,
};
const open = (over: Partial<ShelfOptions>) => openShelf({ ...DEFAULTS, ...over });

describe('the shelf of a worker', () => {
  it('holds what it is told to load', async () => {
    const shelf = await open({ profiles: ['kernel-world'] });
    assert.deepEqual(shelf.ids, ['kernel-world']);
    assert.equal((await shelf.read('kernel-world')).id, 'kernel-world');
  });

  it('holds a checkpoint of the operator in place of all others', async () => {
    const shelf = await open({ profiles: ['kernel-world'], checkpoint: NULL_PROFILE });
    assert.deepEqual(shelf.ids, ['null']);
    assert.equal(shelf.folderOf('null'), NULL_PROFILE);
  });

  it('refuses a checkpoint in the layout of diffusers, and says how to export it', async () => {
    const checkpoint = join(folder, 'checkpoint');
    await mkdir(checkpoint);
    await writeFile(join(checkpoint, 'model_index.json'), '{}');
    await assert.rejects(
      open({ checkpoint }),
      (error) => error instanceof ProfileError && /export/.test(error.message),
    );
  });

  it('refuses a checkpoint that is no absolute path', async () => {
    await assert.rejects(open({ checkpoint: 'somewhere' }), /absolute/);
  });

  it('holds several profiles only where the device holds them at once', async () => {
    const profiles = ['kernel-world', 'pocket-world'];
    assert.deepEqual((await open({ profiles })).ids, profiles);
    await assert.rejects(open({ profiles, deviceMemory: 50e6 }), /pocket-world needs .* beside/);
    assert.deepEqual((await open({ profiles: ['kernel-world'], deviceMemory: 1 })).ids, ['kernel-world']);
  });

  it('says so when there is nothing to serve', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await assert.rejects(open({ profilesFolder: empty }), /holds no profile/);
  });
});
