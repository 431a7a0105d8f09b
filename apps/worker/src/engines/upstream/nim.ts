import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarmError, type Profile } from '@worldfarm/core';
import { type Engine, EngineFault, isStill, type RenderedFile } from '../engine.ts';
import { upstreamBody } from './body.ts';
import { upstreamError } from './errors.ts';
import { readJson, type UpstreamCall, upstreamCall, UpstreamGone, type UpstreamOptions } from './http.ts';
import { isReady, untilReady, whenReady } from './readiness.ts';

const READY = '/v1/health/ready';
const LIVE = '/v1/health/live';
/** A NIM tells no progress; that it lives is all there is to say. */
const LOOK_MS = 5_000;
/** A farm as the model server goes on with a job whose caller went away, unless it was asked not to; a NIM ignores this. */
const CLOSE_CANCELS = { 'worldfarm-cancel-on-disconnect': 'true' };

/**
 * A NIM container beside the worker: the client's own body goes to its `/v1/infer`, and the video comes back as
 * base64 in the reply. Closing the call is how it is cancelled.
 */
export async function openNimEngine(
  profile: Profile,
  options: UpstreamOptions,
  signal: AbortSignal,
): Promise<Engine> {
  const call = upstreamCall(options);
  await untilReady(call, READY, signal);
  const version = await versionOf(call, signal);
  return {
    profile,
    version,
    async render(plan, inputs, hooks) {
      const body = await upstreamBody(inputs.body, plan, inputs);
      hooks.onProgress({ stage: 'steps', value: 0 });
      const alive = setInterval(async () => {
        if (await isReady(call, LIVE, hooks.signal).catch(() => false)) {
          hooks.onProgress({ stage: 'steps', value: 0 });
        }
      }, LOOK_MS);
      try {
        const reply = await whenReady(call, READY, hooks.signal, () =>
          call('POST', '/v1/infer', { body, headers: CLOSE_CANCELS, signal: hooks.signal }),
        );
        const answer = await readJson(reply, hooks.signal);
        if (reply.status !== 200) throw upstreamError(reply.status, answer);
        hooks.onProgress({ stage: 'decode', value: 1 });
        return await save(answer, plan.mode, inputs.folder);
      } catch (error) {
        throw asFault(error);
      } finally {
        clearInterval(alive);
      }
    },
    close: async () => {},
  };
}

/** `nim 1.2.0`, or `nim` where the server does not tell its release. */
async function versionOf(call: UpstreamCall, signal: AbortSignal): Promise<string> {
  const reply = await call('GET', '/v1/version', { signal }).catch(() => undefined);
  const answer = reply && (await readJson(reply, signal).catch(() => undefined));
  signal.throwIfAborted();
  return reply?.status === 200 && typeof answer?.release === 'string' ? `nim ${answer.release}` : 'nim';
}

async function save(
  answer: Record<string, unknown> | undefined,
  mode: Parameters<typeof isStill>[0],
  folder: string,
): Promise<RenderedFile> {
  const still = isStill(mode);
  const data = answer?.[still ? 'b64_image' : 'b64_video'];
  if (typeof data !== 'string' || data === '') {
    throw new FarmError('render_failed', 'the model server answered without a result');
  }
  const path = join(folder, still ? 'image.jpg' : 'video.mp4');
  await writeFile(path, data, 'base64');
  return {
    kind: 'file',
    path,
    timings: () => ({}),
    warnings: [],
    ...(typeof answer?.upsampled_prompt === 'string' && { upsampledPrompt: answer.upsampled_prompt }),
  };
}

/** A server that breaks off in the middle of a render has crashed, as far as we can tell over this very job. */
export function asFault(error: unknown): unknown {
  if (!(error instanceof UpstreamGone)) return error;
  return new EngineFault('device_fault', 'the model server broke off', { cause: error });
}
