import type { DiffusionEngine } from '../engine/engine.ts';
import type { RenderHooks, RenderRequest, RenderTimings } from '../request.ts';

/** A small text-to-video request for kernel-world. */
export const RED_CIRCLE: RenderRequest = {
  mode: 'text2video',
  prompt: 'a red circle moves right on a blue background',
  negativePrompt: '',
  seed: 1,
  steps: 12,
  guidance: 3,
  width: 320,
  height: 192,
  frames: 25,
  fps: 24,
};

/** All frames of a render in one buffer. */
export async function collect(
  engine: DiffusionEngine,
  request: RenderRequest,
  hooks: RenderHooks = {},
): Promise<{ bytes: Buffer; timings: RenderTimings }> {
  const rendered = await engine.render(request, hooks);
  const bytes = Buffer.concat(await gather(rendered.chunks));
  return { bytes, timings: rendered.timings };
}

/** Everything that an iterator yields. */
export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
