import type { RenderTimings } from '../request.ts';
import { openEngine } from './open.ts';
import type { EngineOptions } from './options.ts';
import type { LoadReport } from './protocol.ts';
import { type SampleOptions, sampleRequest } from './sample-request.ts';

export interface BenchReport {
  readonly profile: string;
  readonly mode: string;
  readonly size: string;
  readonly load: LoadReport;
  readonly timings: RenderTimings;
  /** Seconds from the call to the last frame. */
  readonly seconds: number;
  readonly secondsPerStep: number;
  /** Part of the steps' time that is not the transformer's graph. */
  readonly hostShare: number;
}

/** Renders one clip after a warm-up and says where the time went. */
export async function benchProfile(
  dir: string,
  options: EngineOptions = {},
  sample: SampleOptions = {},
): Promise<BenchReport> {
  const engine = await openEngine(dir, { warmUp: true, ...options });
  try {
    const { profile, load } = engine;
    const request = sampleRequest(profile, sample);
    const began = performance.now();
    const rendered = await engine.render(request);
    for await (const chunk of rendered.chunks) void chunk;
    const { timings } = rendered;
    return {
      profile: `${profile.id}@${profile.version}`,
      mode: request.mode,
      size: `${rendered.width}x${rendered.height}x${rendered.frames}`,
      load,
      timings,
      seconds: (performance.now() - began) / 1000,
      secondsPerStep: timings.steps / timings.stepsComputed,
      hostShare: 1 - timings.transformer / timings.steps,
    };
  } finally {
    await engine.close();
  }
}
