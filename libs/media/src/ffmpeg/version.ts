import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FarmError } from '@worldfarm/core';

const PROGRAMS = { ffmpeg: '../../bin/ffmpeg', ffprobe: '../../bin/ffprobe' };

/** The version that ffmpeg and ffprobe tell; fluent-ffmpeg cannot ask. Throws `dependency_unavailable`. */
export async function ffmpegVersion(): Promise<string> {
  const [ffmpeg] = await Promise.all([ask('ffmpeg'), ask('ffprobe')]);
  return ffmpeg;
}

async function ask(program: keyof typeof PROGRAMS): Promise<string> {
  try {
    const path = fileURLToPath(new URL(PROGRAMS[program], import.meta.url));
    const { stdout } = await promisify(execFile)(path, ['-version'], { timeout: 10_000 });
    return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
  } catch (cause) {
    throw new FarmError('dependency_unavailable', `${program} does not run.`, { cause });
  }
}
