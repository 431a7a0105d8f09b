import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LoadedProfile, loadProfile } from '../engine/load.ts';
import { fixtures } from './fixtures.ts';
import { verifyGolden } from './verify.ts';

for (const { name: profile, dir, cases } of fixtures()) {
  describe(`${profile} is what diffusers computes`, () => {
    let loading: Promise<LoadedProfile> | undefined;
    for (const name of cases) {
      test(`latents and frames of ${name}`, async () => {
        loading ??= loadProfile(dir, { threads: 2 });
        const { latents, frames, tolerance } = await verifyGolden(dir, name, await loading);
        assert.ok(tolerance.latents <= 1e-4 && tolerance.frames <= 1e-4);
        assert.ok(latents <= tolerance.latents, `latents differ by ${latents}`);
        assert.ok(frames! <= tolerance.frames, `frames differ by ${frames}`);
      });
    }
  });
}
