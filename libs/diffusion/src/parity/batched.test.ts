import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { loadProfile } from '../engine/load.ts';
import { variantOf } from '../profile/variant.ts';
import { fixtures } from './fixtures.ts';
import { verifyGolden } from './verify.ts';

interface Settings {
  pipeline: { guidance: { batched?: boolean } };
}

// Cosmos3 refuses the setting: the two prompts differ in length.
const BATCHED = fixtures().filter(({ name }) => !name.startsWith('cosmos3'));

for (const { name, dir, cases } of BATCHED) {
  test(`${name} with both branches of guidance in one evaluation is what diffusers computes`, async () => {
    const variant = await variantOf<Settings>(dir, ({ pipeline }) => {
      pipeline.guidance.batched = true;
    });
    try {
      const loaded = await loadProfile(variant, { threads: 2 });
      for (const golden of [cases[0]!, cases.at(-1)!]) {
        const { latents, frames } = await verifyGolden(dir, golden, loaded);
        assert.ok(latents <= 1e-4 && frames! <= 1e-4, `${golden}: ${latents}, ${frames}`);
      }
    } finally {
      await rm(variant, { recursive: true });
    }
  });
}
