import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FarmError, type Profile, profileSchema } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';
import { FIXTURES } from '../parity/fixtures.ts';
import type { RenderRequest } from '../request.ts';
import { RED_CIRCLE } from '../test-support/render.ts';
import { readPipeline } from './registry.ts';

interface Json {
  pipeline: Record<string, unknown> & { latent: Record<string, unknown> };
  scheduler: { type: string; config: Record<string, unknown> };
  tokenizer: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
  native?: unknown;
}

function profileOf(name: string, change: (profile: Json) => void = () => {}): Profile {
  const json = JSON.parse(readFileSync(join(FIXTURES, name, 'profile.json'), 'utf8')) as Json;
  change(json);
  return profileSchema.parse(json);
}

/** The refusal of a profile that was changed, by the name of what is wrong in it. */
function refusal(name: string, change: (profile: Json) => void): string {
  try {
    readPipeline(profileOf(name, change));
  } catch (error) {
    assert.ok(error instanceof ProfileError, String(error));
    assert.equal(error.file, 'profile.json');
    return error.reason;
  }
  return assert.fail('the profile was read');
}

test('a scheduler that is unknown, of another pipeline, or set to other numbers is refused by name', () => {
  const unknown = refusal('predict2.5', ({ scheduler }) => {
    scheduler.type = 'dpm-solver';
  });
  assert.match(unknown, /^scheduler\.type/);
  const foreign = refusal('predict1-text2world', (profile) => {
    profile.scheduler = profileOf('predict2.5').scheduler as unknown as Json['scheduler'];
  });
  assert.match(foreign, /^scheduler\.type: unipc does not belong to this pipeline/);
  const order = refusal('transfer2.5', ({ scheduler }) => {
    scheduler.config.solver_order = 3;
  });
  assert.match(order, /^scheduler\.config\.solver_order/);
  const distilled = refusal('cosmos3', ({ pipeline }) => {
    pipeline.distilled_sigmas = [1, 0.5];
  });
  assert.match(distilled, /does not fit distilled_sigmas/);
  const batched = refusal('cosmos3', ({ pipeline }) => {
    pipeline.guidance = { form: 'u+s(c-u)', batched: true };
  });
  assert.match(batched, /^pipeline\.guidance\.batched/);
});

test('settings that are missing, misspelt or of the wrong kind are refused by name', () => {
  const misspelt = refusal('predict2.5', ({ pipeline }) => {
    pipeline.colour = 1;
  });
  assert.match(misspelt, /^pipeline.*colour/);
  const rope = refusal('cosmos3', ({ pipeline }) => {
    pipeline.rope = { type: 'cosmos' };
  });
  assert.match(rope, /^pipeline\.rope/);
  const posterior = refusal('predict2-video2world', ({ pipeline }) => {
    pipeline.latent.posterior = 'mean';
  });
  assert.match(posterior, /^pipeline\.latent\.posterior/);
  const branches = refusal('transfer2.5', ({ components }) => {
    components.transformer!.controls = [];
  });
  assert.match(branches, /^components\.transformer\.controls/);
  const tokenizer = refusal('predict1-text2world', (profile) => {
    profile.tokenizer.type = 'sentencepiece';
  });
  assert.match(tokenizer, /^tokenizer\.type/);
  const native = refusal('predict2.5', (profile) => {
    profile.native = undefined;
  });
  assert.match(native, /^native: is missing/);
});

const request: RenderRequest = { ...RED_CIRCLE, width: 32, height: 48, frames: 5 };
const clip = (frames: number) => ({ frames, data: new Uint8Array(frames * 32 * 48 * 3) });

function refused(name: string, asked: RenderRequest): string {
  try {
    readPipeline(profileOf(name)).plan(asked);
  } catch (error) {
    assert.ok(error instanceof FarmError, String(error));
    return `${error.type} ${error.param ?? ''}: ${error.message}`;
  }
  return assert.fail('the request was planned');
}

test('a request that a profile cannot meet is refused with the field at fault', () => {
  assert.match(
    refused('predict1-video2world', request),
    /^unsupported_mode .*image2video, video2video, not text2video/,
  );
  assert.match(refused('predict2.5', { ...request, mode: 'image2video' }), /^invalid_request image:/);
  assert.match(refused('transfer2.5', { ...request, mode: 'transfer' }), /^invalid_request controls:/);
  const wsm = {
    ...request,
    mode: 'transfer' as const,
    controls: [{ kind: 'wsm' as const, weight: 1, video: clip(5) }],
  };
  assert.match(refused('transfer2.5', wsm), /^invalid_request wsm: this profile has no wsm control/);
  const bare = { ...request, mode: 'transfer' as const, controls: [{ kind: 'edge' as const, weight: 1 }] };
  assert.match(refused('transfer2.5', bare), /^invalid_request edge: edge needs a clip of its own/);
  assert.match(
    refused('predict1-text2world', { ...request, frames: 10 }),
    /^invalid_request frames: .*at most 9 frames/,
  );
  assert.match(
    refused('cosmos3-distilled', { ...request, steps: 10 }),
    /^invalid_request steps: .*exactly 4 steps/,
  );
  assert.match(
    refused('cosmos3', { ...request, mode: 'text2image' }),
    /^invalid_request frames: text2image gives one/,
  );
});

test('sizes are met in whole patches, and long clips in windows', () => {
  const plan = (name: string, asked: Partial<RenderRequest>) =>
    readPipeline(profileOf(name)).plan({ ...request, ...asked });
  const odd = plan('predict2.5', { width: 50, height: 40 });
  assert.deepEqual([odd.sampled, odd.scale], [{ width: 48, height: 48 }, true]);
  assert.equal(plan('cosmos3', { width: 1280, height: 720 }).scale, false);
  const windows = plan('predict2.5', { frames: 20, overlapFrames: 1 }).windows;
  assert.deepEqual(
    windows.map(({ start, frames }) => [start, frames]),
    [
      [0, 9],
      [8, 9],
      [16, 5],
    ],
  );
  assert.equal(plan('cosmos3', { frames: 100 }).windows.length, 1);
});
