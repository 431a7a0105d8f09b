import { renderFrames, emptyTimings } from '../pipelines/render.ts';
import { readPipeline } from '../pipelines/registry.ts';
import type { LoadedProfile } from './load.ts';
import { sampleRequest } from './sample-request.ts';

/**
 * Renders a clip of two steps at the native size and throws it away: on a GPU the first run of each shape chooses
 * algorithms and fills the allocator, which no job should wait for.
 */
export async function warmUp({
  profile,
  pipeline,
}: Pick<LoadedProfile, 'profile' | 'pipeline'>): Promise<void> {
  const request = sampleRequest(profile, { steps: 2 });
  const plan = readPipeline(profile).plan(request);
  const frames = renderFrames(pipeline, request, plan, emptyTimings(plan), {
    turn: async () => {},
    progress: () => {},
    warn: () => {},
    checkpointDue: () => false,
    checkpoint: () => {},
    fingerprint: '',
  });
  for await (const chunk of frames) void chunk;
}
