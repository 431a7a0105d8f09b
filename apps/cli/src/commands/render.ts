import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseResolution, RESOLUTION_KEYS } from '@worldfarm/core';
import { Command } from 'commander';
import { UsageError } from '../explain.ts';
import { progressBar } from '../progress-bar.ts';
import { clientOf } from './context.ts';

interface RenderFlags {
  image?: string;
  resolution: string;
  frames: string;
  fps: string;
  steps?: string;
  guidance?: string;
  seed?: string;
  negative?: string;
  profile?: string;
  output: string;
}

export function renderCommand(): Command {
  return new Command('render')
    .description('render one video and save it')
    .argument('<prompt>', 'what the video shows')
    .option('--image <file>', 'first frame (JPEG, PNG or WebP)')
    .option('--resolution <key>', `one of ${RESOLUTION_KEYS.join(', ')}`, '256')
    .option('--frames <n>', 'frames: 25, 29, 33, ... up to the cap of the tier', '25')
    .option('--fps <n>', 'frames per second', '24')
    .option('--steps <n>', 'sampling steps')
    .option('--guidance <n>', 'guidance scale')
    .option('--seed <n>', 'drawn when absent')
    .option('--negative <prompt>', 'what the video must not show')
    .option('--profile <id>', 'the model profile')
    .option('-o, --output <file>', 'where the video goes', 'out.mp4')
    .action(async (prompt: string, flags: RenderFlags, command: Command) => {
      const client = clientOf(command);
      const body = await renderBody(prompt, flags);
      const bar = progressBar(process.stderr);
      const job = await client.submit(body, { profile: flags.profile });
      const done = await client.wait(job.id, {
        onChange: ({ status, progress }) => bar.show(status, progress),
      });
      bar.end();
      if (done.status !== 'succeeded') {
        throw new UsageError(`job ${job.id} ${done.status}${done.error ? `: ${done.error.message}` : ''}`);
      }
      const video = await client.download(job.id, 'video');
      await pipeline(Readable.fromWeb(video as never), createWriteStream(flags.output));
      const made = done.output?.video;
      process.stdout.write(
        `${flags.output}: ${made?.width}x${made?.height}, ${made?.frames} frames at ${made?.fps} fps, seed ${done.seed}\n`,
      );
    });
}

/** The cosmos3-generator body for these flags. @throws UsageError naming the flag */
export async function renderBody(prompt: string, flags: Omit<RenderFlags, 'output'>): Promise<object> {
  if (!parseResolution(flags.resolution)) {
    throw new UsageError(`--resolution: one of ${RESOLUTION_KEYS.join(', ')}`);
  }
  return {
    prompt,
    resolution: flags.resolution,
    num_output_frames: numberFlag('--frames', flags.frames),
    fps: numberFlag('--fps', flags.fps),
    ...(flags.steps !== undefined && { steps: numberFlag('--steps', flags.steps) }),
    ...(flags.guidance !== undefined && { guidance_scale: numberFlag('--guidance', flags.guidance) }),
    ...(flags.seed !== undefined && { seed: numberFlag('--seed', flags.seed) }),
    ...(flags.negative !== undefined && { negative_prompt: flags.negative }),
    ...(flags.image !== undefined && { image: (await readImage(flags.image)).toString('base64') }),
  };
}

function numberFlag(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new UsageError(`${name}: expected a number, got "${text}"`);
  return value;
}

async function readImage(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: Error) => {
    throw new UsageError(`--image: cannot read ${path} (${(cause as NodeJS.ErrnoException).code})`);
  });
}
