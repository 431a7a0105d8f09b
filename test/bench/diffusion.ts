/**
 * `npm run bench diffusion`: the host's share of a step; our loop beside diffusers on PyTorch with the same weights, on
 * the same threads; memory of streaming decodes against the number of frames. The second part needs a Python with
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
const THREADS = 2;
const print = (line: string) => process.stdout.write(`${line}\n`);
const milliseconds = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

interface Size {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly steps: number;
}

const SIZES: readonly Size[] = [
  {
    name: 'tiny',
    arguments: '--heads 2 --head-dim 16 --layers 2 --width 48 --height 32'.split(' '),
    steps: 20,
  },
  {
    name: 'mid-size',
    arguments: '--heads 8 --head-dim 64 --layers 4 --width 320 --height 192'.split(' '),
    steps: 6,
  },
];

function describe(name: string, { size, secondsPerStep, hostShare, timings }: BenchReport): string {
  const parts = `text ${milliseconds(timings.text)}, decode ${milliseconds(timings.decode)}`;
  return `${name} ${size}: ${milliseconds(secondsPerStep)} a step, host ${percent(hostShare)}; ${parts}`;
}

async function sideBySide(python: string, size: Size, out: string): Promise<void> {
  const { stdout } = await execute(python, [
    here('./diffusion-reference.py'),
    ...['--out', out, '--steps', String(size.steps), '--threads', String(THREADS)],
    ...size.arguments,
  ]);
  const reference = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    parameters: number;
    secondsPerStep: number;
  };
  const ours = await benchProfile(
    out,
    { threads: THREADS, digests: false },
    { steps: size.steps, prompt: 'a car on a street' },
  );
  const ratio = (reference.secondsPerStep / ours.secondsPerStep).toFixed(2);
  const millions = (reference.parameters / 1e6).toFixed(1);
  print(describe(`${size.name} (${millions} M parameters)`, ours));
  print(
    `  diffusers on PyTorch: ${milliseconds(reference.secondsPerStep)} a step; ours is ${ratio} times as fast`,
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
  for (const size of ready ? SIZES : []) {
    const out = await mkdtemp(join(tmpdir(), 'bench-'));
    await sideBySide(python, size, out).finally(() => rm(out, { recursive: true }));
  }

  const [short, long] = [await decodeMemory(7), await decodeMemory(24)];
  print(
    `decoding at 832x480: ${short} MB with 25 frames, ${long} MB with 93 (${((long / short - 1) * 100).toFixed(0)} % more)`,
  );
}
