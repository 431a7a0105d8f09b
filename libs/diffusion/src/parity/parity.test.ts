import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { type LoadedProfile, loadProfile } from '../engine/load.ts';
import { readPipeline } from '../pipelines/registry.ts';
import { readCase } from './case.ts';
import { compareCase } from './compare.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const folders = (dir: string) =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

for (const profile of folders(FIXTURES)) {
  const dir = join(FIXTURES, profile);
  describe(`${profile} is what diffusers computes`, () => {
    let loading: Promise<LoadedProfile> | undefined;
    for (const name of folders(join(dir, 'golden'))) {
      test(`latents and frames of ${name}`, async () => {
        loading ??= loadProfile(dir, { digests: true, threads: 2 });
        const loaded = await loading;
        const recorded = await readCase(join(dir, 'golden', name));
        const plan = readPipeline(loaded.profile).plan(recorded.request);
        const found = await compareCase(loaded.pipeline, plan, recorded);
        const { tolerance } = recorded.file;
        assert.ok(
          found.latents <= tolerance.latents,
          `latents differ by ${found.latents}; by step ${found.steps}`,
        );
        assert.ok(found.frames! <= tolerance.frames, `frames differ by ${found.frames}`);
      });
    }
  });
}
