import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DiffusionEngine, openEngine } from '@worldfarm/diffusion';
import { encodeVideo } from '@worldfarm/media';
import { watchLoop } from '@worldfarm/test-support';

const PROFILES = fileURLToPath(new URL('../../profiles/', import.meta.url));
const RUNS = 5;

/** Seconds of one 256-tier clip of 25 frames and where they went, and the longest that the main thread was held meanwhile. */
export async function run([profile = 'kernel-world']: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-bench-'));
  const engine = await openEngine(join(PROFILES, profile));
  try {
    await renderClip(engine, folder, 0);
    const clips: Awaited<ReturnType<typeof renderClip>>[] = [];
    for (let seed = 1; seed <= RUNS; seed++) clips.push(await renderClip(engine, folder, seed));
    const rows = Object.keys(clips[0]!).map((part) => {
      const values = clips.map((clip) => clip[part as keyof typeof clip]).sort((a, b) => a - b);
      return {
        part,
        median: values[RUNS >> 1]!.toFixed(3),
        min: values[0]!.toFixed(3),
        max: values.at(-1)!.toFixed(3),
      };
    });
    process.stdout.write(
      `${profile}, 320x192, 25 frames, 12 steps with guidance, ${RUNS} clips after one to warm up\n`,
    );
    console.table(rows);
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function renderClip(engine: DiffusionEngine, folder: string, seed: number) {
  const loop = watchLoop();
  const started = performance.now();
  const rendered = await engine.render({
    mode: 'text2video',
    prompt: 'a red circle moves right on a blue background',
    negativePrompt: '',
    seed,
    steps: 12,
    guidance: 3,
    width: 320,
    height: 192,
    frames: 25,
    fps: 24,
  });
  const frameSize = { width: rendered.width, height: rendered.height };
  await encodeVideo({ frames: rendered.chunks, frameSize, fps: 24, path: join(folder, `${seed}.mp4`) });
  const seconds = (performance.now() - started) / 1000;
  const held = loop.stop();
  const { text, steps, decode } = rendered.timings;
  return {
    'text (s)': text,
    'steps (s)': steps,
    'decode (s)': decode,
    'encode and rest (s)': seconds - text - steps - decode,
    'all (s)': seconds,
    'main thread held, longest (ms)': held,
  };
}
