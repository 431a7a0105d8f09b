import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { FarmError, type Profile, type RenderPlan } from '@worldfarm/core';
import { z } from 'zod';
import type { LocalInputs } from '../../stages/inputs.ts';
import { type Engine, type EngineHooks, EngineFault } from '../engine.ts';
import { upstreamError } from './errors.ts';
import { readJson, type UpstreamCall, upstreamCall, type UpstreamOptions } from './http.ts';
import { asFault } from './nim.ts';
import { untilReady, whenReady } from './readiness.ts';

const EXTRAS = ['num_frames', 'fps', 'num_inference_steps', 'guidance_scale'] as const;

/** What a profile's `pipeline` says of such a server. */
const settingsSchema = z.object({
  type: z.literal('videos'),
  /** the server's name of the model; the profile's id when absent */
  model: z.string().optional(),
  /** fields beyond OpenAI's own that this server understands */
  extras: z.array(z.enum(EXTRAS)).default([]),
  /** answers 200 when it can render; SGLang and vLLM have `/health` */
  health: z.string().startsWith('/').default('/health'),
  pollMs: z.number().positive().default(1_000),
});
type Settings = z.infer<typeof settingsSchema>;

/** A server with OpenAI's Videos API (SGLang-Diffusion, vLLM-Omni): create, poll, fetch; deleting cancels. */
export async function openVideosEngine(
  profile: Profile,
  options: UpstreamOptions,
  signal: AbortSignal,
): Promise<Engine> {
  const settings = settingsSchema.parse(profile.pipeline ?? { type: 'videos' });
  const call = upstreamCall(options);
  await untilReady(call, settings.health, signal);
  return {
    profile,
    version: 'videos',
    async render(plan, inputs, hooks) {
      const body = await videoBody(plan, inputs, { ...settings, model: settings.model ?? profile.id });
      let id: string | undefined;
      try {
        id = await whenReady(call, settings.health, hooks.signal, () => create(call, body, hooks.signal));
        await poll(call, id, settings.pollMs, hooks);
        const path = join(inputs.folder, 'video.mp4');
        await download(call, id, path, hooks.signal);
        return { kind: 'file', path, timings: () => ({}), warnings: [] };
      } catch (error) {
        throw asFault(error);
      } finally {
        if (id) await forget(call, id);
      }
    },
    close: async () => {},
  };
}

async function videoBody(plan: RenderPlan, inputs: LocalInputs, settings: Settings) {
  const { prompt, negativePrompt, seed, width, height, frames, fps, steps, guidance, image, video } = plan;
  const reference = image ?? video;
  const extras = { num_frames: frames, fps, num_inference_steps: steps, guidance_scale: guidance };
  return {
    model: settings.model,
    prompt,
    ...(negativePrompt !== undefined && { negative_prompt: negativePrompt }),
    seed,
    size: `${width}x${height}`,
    seconds: String(Math.max(1, Math.round((frames - 1) / fps))),
    ...(reference && {
      input_reference: `data:${reference.type};base64,${(await readFile(inputs.path(reference))).toString('base64')}`,
    }),
    ...Object.fromEntries(settings.extras.map((name) => [name, extras[name]])),
  };
}

async function create(call: UpstreamCall, body: object, signal: AbortSignal): Promise<string> {
  const reply = await call('POST', '/v1/videos', { body, signal });
  const answer = await readJson(reply, signal);
  if (reply.status >= 300) throw upstreamError(reply.status, answer);
  if (typeof answer?.id !== 'string') throw new FarmError('render_failed', 'the model server named no video');
  return answer.id;
}

async function poll(call: UpstreamCall, id: string, everyMs: number, hooks: EngineHooks): Promise<void> {
  const { signal, onProgress } = hooks;
  while (true) {
    const reply = await call('GET', `/v1/videos/${encodeURIComponent(id)}`, { signal });
    const answer = await readJson(reply, signal);
    if (reply.status !== 200) throw upstreamError(reply.status, answer);
    const { status, progress, error } = answer as { status?: string; progress?: number; error?: unknown };
    if (status === 'completed') return onProgress({ stage: 'decode', value: 1 });
    if (status === 'failed') throw upstreamError(500, { error });
    onProgress({ stage: 'steps', value: Math.min(1, (progress ?? 0) / 100) });
    await wait(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function download(call: UpstreamCall, id: string, path: string, signal: AbortSignal): Promise<void> {
  const reply = await call('GET', `/v1/videos/${encodeURIComponent(id)}/content`, { signal });
  if (reply.status !== 200) throw upstreamError(reply.status, await readJson(reply, signal));
  await pipeline(reply.body, createWriteStream(path), { signal }).catch((cause: unknown) => {
    throw signal.aborted
      ? signal.reason
      : new EngineFault('device_fault', 'the model server broke off', { cause });
  });
}

const FORGET_MS = 5_000;

/** The server needs not keep what we have, nor go on with what nobody wants. */
async function forget(call: UpstreamCall, id: string): Promise<void> {
  const signal = AbortSignal.timeout(FORGET_MS);
  await call('DELETE', `/v1/videos/${encodeURIComponent(id)}`, { signal }).then(
    ({ body }) => void body.resume(),
    () => {},
  );
}
