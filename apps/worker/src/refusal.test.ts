import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFarm } from '@worldfarm/queue';
import { startRedis, type TestRedis } from '@worldfarm/test-support';

const FIXTURE = fileURLToPath(new URL('../../../libs/diffusion/fixtures/predict2.5', import.meta.url));

interface Json {
  scheduler: { type: string };
  pipeline: { latent: { channels: number } };
  files: unknown[];
}

let redis: TestRedis;
let folder: string;
before(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-refusal-'));
});
after(async () => {
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A copy of a small profile after `spoil` has been at it. */
async function spoilt(spoil: (dir: string, profile: Json) => Promise<void> | void): Promise<string> {
  const dir = await mkdtemp(join(folder, 'profile-'));
  await cp(FIXTURE, dir, { recursive: true, filter: (source) => !source.endsWith('golden') });
  const path = join(dir, 'profile.json');
  const profile = JSON.parse(await readFile(path, 'utf8')) as Json;
  await spoil(dir, profile);
  await writeFile(path, JSON.stringify(profile));
  return dir;
}

/** Starts a worker on a profile that it must refuse; what it wrote before it ended. */
async function refusal(checkpoint: string): Promise<string> {
  const prefix = `{refusal-${checkpoint.slice(-6)}}`;
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      REDIS_URL: redis.url,
      WORLDFARM_REDIS_PREFIX: prefix,
      WORLDFARM_STORE: join(folder, 'store'),
      WORLDFARM_SCRATCH: folder,
      NIM_FT_CHECKPOINT: checkpoint,
      NIM_JSONL_LOGGING: '1',
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  assert.equal(code, 1, said);
  const farm = openFarm({ url: redis.url, prefix, patience: 'wait' });
  try {
    // A worker announces its profiles before it is ready.
    assert.deepEqual(await farm.profiles.list(), []);
    assert.deepEqual(await farm.workers.list(), []);
  } finally {
    await farm.close();
  }
  return said;
}

describe('a worker with a profile that cannot be served ends before it is ready, and names', () => {
  it('a missing file', async () => {
    const dir = await spoilt((at) => rm(join(at, 'vae_decoder_next.onnx')));
    assert.match(await refusal(dir), /vae_decoder_next\.onnx: the file is missing/);
  });

  it('a file with a wrong digest', async () => {
    const dir = await spoilt(async (at) => {
      const path = join(at, 'transformer.onnx');
      const bytes = await readFile(path);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(path, bytes);
    });
    assert.match(await refusal(dir), /transformer\.onnx: its SHA-256 is not the one in profile\.json/);
  });

  it('a shape that does not fit', async () => {
    const dir = await spoilt((_, profile) => {
      profile.pipeline.latent.channels = 4;
    });
    assert.match(await refusal(dir), /transformer\.onnx: input hidden_states has shape .*16.* expected .*4/);
  });

  it('an unknown scheduler', async () => {
    const dir = await spoilt((_, profile) => {
      profile.scheduler.type = 'ddim';
    });
    assert.match(await refusal(dir), /profile\.json: scheduler\.type/);
  });

  it('an operator set that is too new', async () => {
    const dir = await spoilt(async (at, profile) => {
      // ModelProto { opset_import { version: 99 } }
      await writeFile(join(at, 'transformer.onnx'), Uint8Array.of(0x42, 2, 0x10, 99));
      profile.files = [];
    });
    assert.match(
      await refusal(dir),
      /transformer\.onnx: asks for operator set 99; this runtime has up to 25/,
    );
  });

  it('the command that exports a checkpoint in the layout of diffusers', async () => {
    const dir = await mkdtemp(join(folder, 'checkpoint-'));
    await writeFile(join(dir, 'model_index.json'), '{}');
    assert.match(await refusal(dir), /export\.py --checkpoint <this folder> --out <profile folder>/);
  });
});
