import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Profile, RenderPlan } from '@worldfarm/core';
import { readProfile } from '@worldfarm/diffusion';
import { probe } from '@worldfarm/media';
import { createLogger } from '@worldfarm/service';
import { aJob, startTestFarm, type TestFarm } from '@worldfarm/test-support';
import { type Engine, type EngineHooks, type EngineProgress, openProfileEngine } from '@worldfarm/worker';

/**
 * What every engine keeps, whatever it is: one battery on all four. The model server of `nim` and `videos` is a farm
 * of our own, which speaks both.
 */
const fixture = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const KERNEL_WORLD = fixture('profiles/kernel-world');
const NULL = fixture('test/fixtures/profiles/null');
const never = new AbortController().signal;

let folder: string;
let farm: TestFarm;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldfarm-engines-'));
  farm = await startTestFarm({ WORLDFARM_WORKER_PROFILES: 'kernel-world' });
});
after(async () => {
  await farm.remove();
  await rm(folder, { recursive: true, force: true });
});

const open = async (at: string, over: Partial<Profile> = {}, url?: string): Promise<Engine> =>
  openProfileEngine({
    folder: at,
    profile: { ...(await readProfile(at)), ...over },
    logger: createLogger({ name: 'test', level: 'silent', json: true }),
    onnx: { threads: 2, digests: false },
    upstream: url === undefined ? undefined : { url },
    signal: never,
  });

const ENGINES: Record<Profile['engine'], () => Promise<Engine>> = {
  onnx: () => open(KERNEL_WORLD),
  null: () => open(NULL, { pipeline: { type: 'null', stepMs: 5 } }),
  nim: () => open(KERNEL_WORLD, { engine: 'nim' }, `${farm.url}/profiles/kernel-world`),
  videos: () => {
    const pipeline = { type: 'videos', health: '/v1/health/ready', pollMs: 50 };
    return open(KERNEL_WORLD, { engine: 'videos', pipeline }, farm.url);
  },
};

const prompt = 'a red circle moves right on a blue background';
const plan: RenderPlan = { ...aJob().plan, prompt, seed: 4, steps: 4 };
const body = { prompt, seed: 4, steps: 4, guidance_scale: 3, resolution: '256', num_output_frames: 25 };

/** Renders to the end. `of` is what was rendered: geometry, and a digest of all of it. */
async function render(engine: Engine, over: Partial<EngineHooks> = {}, seed = plan.seed) {
  const job = await mkdtemp(join(folder, 'job-'));
  const inputs = { folder: job, body: { ...body, seed }, path: () => job };
  const hooks = { signal: never, onProgress: () => {}, ...over };
  const rendered = await engine.render({ ...plan, seed }, inputs, hooks);
  const hash = createHash('sha256');
  if (rendered.kind === 'frames') {
    const { width, height } = rendered.size;
    let bytes = 0;
    for await (const chunk of rendered.frames) {
      hash.update(chunk);
      bytes += chunk.byteLength;
    }
    return { width, height, frames: bytes / (width * height * 3), digest: hash.digest('hex') };
  }
  hash.update(await readFile(rendered.path));
  const { width, height, frames } = rendered.claimed ?? (await probe(rendered.path));
  return { width, height, frames, digest: hash.digest('hex') };
}

for (const [name, opened] of Object.entries(ENGINES)) {
  describe(`the ${name} engine`, () => {
    let engine: Engine;
    let first: Awaited<ReturnType<typeof render>>;
    before(async () => {
      engine = await opened();
    });
    after(() => engine.close());

    it('renders the size and the length that were planned, and tells how far it is', async () => {
      const seen: EngineProgress[] = [];
      first = await render(engine, { onProgress: (progress) => seen.push(progress) });
      assert.deepEqual([first.width, first.height, first.frames], [320, 192, 25]);
      assert.ok(seen.length > 0, 'it says something');
      const values = seen.map(({ value }) => value);
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
      );
      assert.ok(values.every((value) => value >= 0 && value <= 1));
    });

    it('renders the same bytes for the same plan, and others for another seed', async () => {
      assert.equal((await render(engine)).digest, first.digest);
      assert.notEqual((await render(engine, {}, 5)).digest, first.digest);
    });

    it('leaves a canceled render with the reason of the signal, and renders the next', async () => {
      const cancel = new AbortController();
      const reason = new Error('not wanted');
      const rendering = render(engine, {
        signal: cancel.signal,
        onProgress: () => cancel.abort(reason),
      });
      await assert.rejects(rendering, (error) => error === reason);
      assert.equal((await render(engine)).digest, first.digest);
    });

    it('does not begin what was canceled before', async () => {
      const reason = new Error('too late');
      await assert.rejects(
        render(engine, { signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
    });
  });
}
