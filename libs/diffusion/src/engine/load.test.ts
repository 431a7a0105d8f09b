import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine, ProfileError } from '../index.ts';
import { KERNEL_WORLD } from '../test-support/files.ts';

interface Json {
  pipeline: { type: string; latent: { channels: number }; colour?: string };
  scheduler: { type: string };
  files: unknown[];
}

/** Opens a copy of kernel-world after `spoil` has been at it, and expects the refusal. */
async function refused(spoil: (dir: string, profile: Json) => Promise<void> | void): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'profile-'));
  try {
    await cp(KERNEL_WORLD, dir, { recursive: true });
    const path = join(dir, 'profile.json');
    const profile = JSON.parse(await readFile(path, 'utf8')) as Json;
    await spoil(dir, profile);
    await writeFile(path, JSON.stringify(profile)).catch(() => {});
    const error = await openEngine(dir).then(
      () => assert.fail('the profile was served'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ProfileError, String(error));
    return error.message;
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('a missing file is named', async () => {
  assert.match(
    await refused((dir) => rm(join(dir, 'vae_decoder.onnx'))),
    /^vae_decoder\.onnx: the file is missing/,
  );
});

test('a changed byte is found by the digest', async () => {
  const message = await refused(async (dir) => {
    const path = join(dir, 'transformer.onnx');
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
  });
  assert.match(message, /^transformer\.onnx: its SHA-256 is not the one/);
});

test('a shape that does not fit is named with both shapes', async () => {
  const message = await refused((_, profile) => {
    profile.pipeline.latent.channels = 16;
  });
  assert.match(message, /^transformer\.onnx: input hidden_states has shape \[.*32.*\], expected \[.*16.*\]/);
});

test('an unknown scheduler, pipeline and setting are named', async () => {
  const scheduler = await refused((_, profile) => {
    profile.scheduler.type = 'ddim';
  });
  assert.match(scheduler, /^profile\.json: scheduler\.type/);
  const pipeline = await refused((_, profile) => {
    profile.pipeline.type = 'latent-flaw';
  });
  assert.match(pipeline, /latent-flaw is not one of latent-flow/);
  const setting = await refused((_, profile) => {
    profile.pipeline.colour = 'red';
  });
  assert.match(setting, /^profile\.json: pipeline.*colour/);
});

test('an operator set that the runtime does not know is refused before the graph is loaded', async () => {
  // ModelProto { opset_import { version: 99 } }
  const message = await refused(async (dir, profile) => {
    await writeFile(join(dir, 'text_encoder.onnx'), Uint8Array.of(0x42, 2, 0x10, 99));
    profile.files = [];
  });
  assert.match(message, /^text_encoder\.onnx: asks for operator set 99/);
});

test('a file that is no graph is refused by name', async () => {
  const message = await refused(async (dir, profile) => {
    await writeFile(join(dir, 'text_encoder.onnx'), 'hello');
    profile.files = [];
  });
  assert.match(message, /^text_encoder\.onnx: /);
});

test('a folder in diffusers layout is answered with how to export it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  await writeFile(join(dir, 'model_index.json'), '{}');
  await assert.rejects(openEngine(dir), /infra\/export\/export\.py --checkpoint/);
  await rm(dir, { recursive: true });
});
