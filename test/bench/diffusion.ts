/**
 * `npm run bench diffusion`: the host's share of a step; our loop beside diffusers on PyTorch with the same weights, on
 * the same number of threads; memory of streaming decodes against the number of frames. The second part needs a Python with
 * diffusers and infra/export's requirements: `WORLDFARM_BENCH_PYTHON=<python>`, else `python3`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchReport, benchProfile } from '@worldfarm/diffusion';

const execute = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const EXPORT = here('../../infra/export');
const THREADS = 2;
const print = (line: string) => process.stdout.write(`${line}\n`);
const milliseconds = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** What infra/export's bench_diffusers.py prints of its best run, in seconds. */
interface Reference {
  readonly best: {
    readonly total: number;
    readonly text: number;
    readonly denoise: number;
    readonly step: number;
  };
}

interface Case {
  readonly name: string;
  /** Where the reference finds its weights. */
  readonly checkpoint: readonly string[];
  readonly profile: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly steps: number;
}

function describe(name: string, { size, secondsPerStep, hostShare, timings }: BenchReport): string {
  const parts = `text ${milliseconds(timings.text)}, decode ${milliseconds(timings.decode)}`;
  return `${name} ${size}: ${milliseconds(secondsPerStep)} a step, host ${percent(hostShare)}; ${parts}`;
}

/** Ours, theirs, ours: a machine that grows busy or quiet meanwhile is seen, and the better of ours stands beside their best. */
async function sideBySide(
  python: string,
  { name, checkpoint, profile, steps, ...size }: Case,
): Promise<void> {
  const { width, height, frames } = size;
  const measure = () => benchProfile(profile, { threads: THREADS, digests: false }, { steps, ...size });
  const before = await measure();
  const { stdout } = await execute(python, [
    join(EXPORT, 'bench_diffusers.py'),
    ...checkpoint,
    ...Object.entries({ width, height, frames, steps, threads: THREADS, repeat: 2 }).flatMap(
      ([key, value]) => [`--${key}`, String(value)],
    ),
  ]);
  const { best } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Reference;
  const after = await measure();
  const ours = before.seconds < after.seconds ? before : after;
  print(describe(name, ours));
  print(`  our two runs: ${before.seconds.toFixed(2)} s and ${after.seconds.toFixed(2)} s`);
  const ratio = (theirs: number, mine: number) => `${(theirs / mine).toFixed(2)} times as fast`;
  print(`  diffusers: ${milliseconds(best.step)} a step; ours is ${ratio(best.step, ours.secondsPerStep)}`);
  print(
    `  diffusers: ${best.total.toFixed(2)} s a clip; ours ${ours.seconds.toFixed(2)} s, ${ratio(best.total, ours.seconds)}`,
  );
}

/** Largest resident memory of a process that decodes `latentFrames` latent frames at 832x480. */
async function decodeMemory(latentFrames: number): Promise<number> {
  const { stdout } = await execute(process.execPath, [
    here('../../libs/diffusion/src/parity/decode-memory.ts'),
    String(latentFrames),
  ]);
  return Number(stdout.trim());
}

export async function run(_args: string[]): Promise<void> {
  const kernel = await benchProfile(here('../../profiles/kernel-world'), {
    threads: THREADS,
    digests: false,
  });
  print(describe('kernel-world', kernel));

  const python = process.env.WORLDFARM_BENCH_PYTHON ?? 'python3';
  const ready = await execute(python, ['-c', 'import diffusers, torch, onnx']).then(
    () => true,
    () => false,
  );
  if (!ready) print(`diffusers side by side: left out, ${python} has no diffusers`);
  if (ready) {
    const tiny = { width: 32, height: 48, frames: 9, steps: 20 };
    const profile = here('../../libs/diffusion/fixtures/predict2.5');
    await sideBySide(python, {
      name: 'tiny',
      checkpoint: ['--tiny', '--max-length', '160'],
      profile,
      ...tiny,
    });
    const out = await mkdtemp(join(tmpdir(), 'bench-'));
    try {
      await execute(python, [join(EXPORT, 'make_midsize.py'), '--out', out]);
      const checkpoint = ['--checkpoint', join(out, 'checkpoint')];
      const mid = { width: 256, height: 160, frames: 17, steps: 6 };
      await sideBySide(python, {
        name: 'mid-size, 20 M parameters',
        checkpoint,
        profile: join(out, 'profile'),
        ...mid,
      });
    } finally {
      await rm(out, { recursive: true });
    }
  }

  const [short, long] = [await decodeMemory(7), await decodeMemory(24)];
  print(
    `decoding at 832x480: ${short} MB with 25 frames, ${long} MB with 93 (${((long / short - 1) * 100).toFixed(0)} % more)`,
  );
}
