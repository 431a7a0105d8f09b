import { fileURLToPath } from 'node:url';
import { PassThrough, Readable, type Writable } from 'node:stream';
import { FarmError } from '@worldfarm/core';
import ffmpeg from 'fluent-ffmpeg';
import { FfmpegExit, translateFailure } from './failure.ts';
import type { Plan } from './plan.ts';

/** The limits of `bin/` hold for every command, because fluent-ffmpeg keeps one path for the whole process. */
ffmpeg.setFfmpegPath(fileURLToPath(new URL('../../bin/ffmpeg', import.meta.url)));
ffmpeg.setFfprobePath(fileURLToPath(new URL('../../bin/ffprobe', import.meta.url)));

const STDERR_LINES = 40;
/** Below us: locks and health checks hang on this process, and ffmpeg takes every core that it gets. */
const NICENESS = 5;

/** What fluent-ffmpeg sets on its commands while they run, and leaves out of its types. */
interface Running {
  ffmpegProc?: { stdout: Readable };
}

/** A path, or bytes that go into ffmpeg's stdin no faster than it takes them. */
export type Source = string | AsyncIterable<Uint8Array>;

/** Runs a plan that writes a file. Throws the plan's failure, or the signal's reason once ffmpeg is dead. */
export async function runToFile(
  plan: Plan,
  source: Source,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  await run(plan, source, path, signal);
}

/** Runs a plan that writes to stdout. ffmpeg waits while nobody reads, and dies when the loop is left. */
export async function* runToBytes(
  plan: Plan,
  source: Source,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const out = new PassThrough();
  const left = new AbortController();
  let failure: { error: unknown } | undefined;
  const running = run(plan, source, out, signal ? AbortSignal.any([signal, left.signal]) : left.signal)
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => out.end());
  try {
    yield* out;
  } finally {
    left.abort();
    await running;
  }
  if (failure) throw failure.error;
}

/** Bytes of a whole run, for outputs whose size the plan bounds. */
export async function runToBuffer(plan: Plan, source: Source, signal?: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of runToBytes(plan, source, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function run(
  plan: Plan,
  source: Source,
  target: string | Writable,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const clock = AbortSignal.timeout(plan.timeoutMs);
  const brokenInput = new AbortController();
  const stop = AbortSignal.any([clock, brokenInput.signal, ...(signal ? [signal] : [])]);
  const input = typeof source === 'string' ? source : feed(source, brokenInput);
  try {
    await execute(plan, input, target, stop);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (brokenInput.signal.aborted) throw brokenInput.signal.reason;
    throw translateFailure(plan.failure, error, clock.aborted);
  } finally {
    if (typeof input !== 'string') input.destroy();
  }
}

/** Settles when ffmpeg is gone and all that it wrote has been handed on. */
function execute(
  plan: Plan,
  input: string | Readable,
  target: string | Writable,
  stop: AbortSignal,
): Promise<void> {
  const command = ffmpeg({ stdoutLines: STDERR_LINES, niceness: NICENESS })
    .input(input)
    .inputOptions(...plan.input)
    .outputOptions(...plan.output);
  if (typeof target === 'string') command.output(target);
  else command.output(target, { end: false });
  if (plan.beside) command.output(plan.beside.path).outputOptions(...plan.beside.output);
  const running = command as Running;

  return new Promise((resolve, reject) => {
    const kill = () => {
      if (running.ffmpegProc) command.kill('SIGKILL');
    };
    // The process may be gone before its last bytes have been read.
    let drained: Promise<unknown> = Promise.resolve();
    command
      .on('start', () => {
        const stdout = running.ffmpegProc?.stdout;
        if (stdout && typeof target !== 'string') {
          drained = new Promise((ended) => stdout.once('end', ended));
        }
        if (stop.aborted) kill();
      })
      .on('end', () => {
        stop.removeEventListener('abort', kill);
        drained.then(() => resolve());
      })
      .on('error', (error: Error, _stdout: string | null, stderr: string | null) => {
        stop.removeEventListener('abort', kill);
        reject(new FfmpegExit(error, stderr));
      });
    stop.addEventListener('abort', kill, { once: true });
    command.run();
  });
}

/**
 * The chunks as a stream that never fails: what breaks it kills ffmpeg instead, since fluent-ffmpeg would
 * report a broken stream while the process still writes.
 */
function feed(chunks: AsyncIterable<Uint8Array>, broken: AbortController): Readable {
  async function* guarded() {
    try {
      yield* chunks;
    } catch (error) {
      broken.abort(error);
    }
  }
  return Readable.from(guarded(), { objectMode: false });
}

/** Lines of `ffprobe -show_streams -show_format`, parsed. */
export function runProbe(
  options: readonly string[],
  path: string,
  signal?: AbortSignal,
): Promise<ffmpeg.FfprobeData> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // fluent-ffmpeg gives no hold on this process; its limits (bin/ffprobe) end it soon enough.
    const abandon = () => reject(signal?.reason);
    signal?.addEventListener('abort', abandon, { once: true });
    ffmpeg(path).ffprobe(0, [...options], (error: Error | null, data) => {
      signal?.removeEventListener('abort', abandon);
      if (error) reject(translateFailure(PROBE_FAILURE, new FfmpegExit(error, null), false));
      else resolve(data);
    });
  });
}

const PROBE_FAILURE = { type: 'unreadable_media', message: 'The media file cannot be read.' } as const;

/** Encoders that this ffmpeg was built with, by name. Throws `dependency_unavailable` without ffmpeg. */
export function listEncoders(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    ffmpeg.getAvailableEncoders((error, encoders) => {
      if (error) reject(new FarmError('dependency_unavailable', 'ffmpeg does not run.', { cause: error }));
      else resolve(Object.keys(encoders));
    });
  });
}
