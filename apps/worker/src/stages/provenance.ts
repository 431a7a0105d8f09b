import {
  type JobOutput,
  type JobRecord,
  type MediaRef,
  planMedia,
  type Profile,
  type RenderPlan,
  withDefaults,
} from '@worldfarm/core';
import type { Engine } from '../engines/engine.ts';

/** How a clip was made: the row of provenance (CONTRACT: batches), stored beside every output. */
export function provenanceOf(
  { spec, attempt, fence }: JobRecord,
  engine: Pick<Engine, 'profile' | 'version'>,
  worker: { id: string; device: string },
  metrics: Record<string, number | undefined>,
  warnings: readonly string[],
) {
  const { plan } = spec;
  return (output: JobOutput): Record<string, unknown> => ({
    id: spec.id,
    file: output.video?.key ?? output.image?.key,
    sha256: output.video?.sha256 ?? output.image?.sha256,
    bytes: output.video?.bytes ?? output.image?.bytes,
    family: plan.family,
    mode: plan.mode,
    prompt: plan.prompt,
    upsampled_prompt: spec.upsampledPrompt,
    negative_prompt: usedNegativePrompt(plan, engine.profile),
    seed: plan.seed,
    steps: plan.steps,
    guidance: plan.guidance,
    width: plan.width,
    height: plan.height,
    frames: plan.frames,
    fps: plan.fps,
    codec: output.video?.codec,
    profile: engine.profile.id,
    profile_version: engine.profile.version,
    profile_files: Object.fromEntries(engine.profile.files.map(({ path, sha256 }) => [path, sha256])),
    engine: engine.version,
    worker: worker.id,
    device: worker.device,
    attempt,
    fence,
    timings: metrics,
    inputs: planMedia(plan).map(({ kind, key, sha256, bytes }: MediaRef) => ({ kind, key, sha256, bytes })),
    tags: spec.tags,
    batch: spec.batch,
    warnings,
    created_at: new Date(spec.createdAt).toISOString(),
  });
}

/** Where nothing was asked for, our own engine uses the profile's; what a server beside us uses only it knows. */
function usedNegativePrompt(plan: RenderPlan, profile: Profile): string | undefined {
  return profile.engine === 'onnx' ? withDefaults(plan, profile).negativePrompt : plan.negativePrompt;
}
