import { controlSchema } from '@worldfarm/core';
import { requestGuidance } from '../../models/guidance.ts';
import { normalisation } from '../../models/normalisation.ts';
import { graphTransformer } from '../../models/transformer.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { describeClip } from '../../tokenizer/cosmos3-prompt.ts';
import { clipFrames, reflect } from '../cosmos/frames.ts';
import { openAutoencoder } from '../cosmos/parts.ts';
import { latentDims } from '../cosmos/window.ts';
import type { PartLoader, Pipeline, PipelineKind } from '../pipeline.ts';
import { twoBranches } from '../two-branches.ts';
import { type Cosmos3Branch, cosmos3Denoiser } from './denoiser.ts';
import { encodeGiven } from './given.ts';
import { cosmos3Graphs } from './graphs.ts';
import { nestedGuidance } from './guidance.ts';
import { planCosmos3 } from './plan.ts';
import { checkSchedule, cosmos3Schedule } from './schedule.ts';
import { type Cosmos3Settings, readCosmos3 } from './settings.ts';
import { cosmos3Text } from './text.ts';
import { visionRope } from './vision.ts';

/** Control guidance of transfer renders that name none. */
const CONTROL_GUIDANCE = 1.5;

/**
 * Cosmos3: text, image and video to video, text to image, transfer, and distilled models. Text and video share one
 * network; its text half runs once a prompt.
 * Sources: diffusers `pipeline_cosmos3_omni.py` and `modular_pipelines/cosmos`.
 */
export const cosmos3: PipelineKind = (profile) => {
  const settings = readCosmos3(profile);
  checkSchedule(settings);
  return {
    plan: (request) => planCosmos3(settings, request),
    open: (load) => open(settings, load),
  };
};

async function open(settings: Cosmos3Settings, load: PartLoader): Promise<Pipeline> {
  const { latent, rope, guidance, step_cache, distilled_sigmas, use_system_prompt } = settings.pipeline;
  const graphs = cosmos3Graphs(settings);
  const textSession = await load.component('text_encoder', graphs.text_encoder);
  const text = cosmos3Text(textSession, await load.vocabulary(), settings.tokenizer, rope);
  const network = await load.component('transformer', graphs.transformer);
  const transformer = graphTransformer(network, { output: 'velocity' });
  const vae = await openAutoencoder(load, settings.components, latent);
  const norm = normalisation(latent);

  return {
    transformerSeconds: () => network.seconds,
    async begin(request, plan, noise) {
      const transfer = request.mode === 'transfer';
      const size = plan.sampled;
      const clip = { ...size, frames: plan.windows[0]!.frames, fps: request.fps };
      const task = transfer ? 'transfer' : clip.frames === 1 ? 'image' : 'video';
      const parts = {
        system: use_system_prompt,
        duration: true,
        resolution: true,
        ...request.promptTemplate,
      };
      const template = parts.system ? task : 'bare';
      // Transfer prompts are captions that already say these things.
      const describe = (prompt: string, negative: boolean) =>
        transfer ? prompt : describeClip(prompt, clip, parts, negative);
      const prompt = await text(describe(request.prompt, false), template);
      // Distilled models have guidance in their weights.
      const negative = distilled_sigmas
        ? prompt
        : await text(describe(request.negativePrompt, true), template);
      const controls = [...(request.controls ?? [])].sort(
        (a, b) => controlSchema.options.indexOf(a.kind) - controlSchema.options.indexOf(b.kind),
      );
      return {
        warnings: [],
        decode: (latents) => vae.decode(norm.toAutoencoder(latents)),
        async window(index, before) {
          const window = plan.windows[index]!;
          const dims = latentDims(latent, window.frames, size);
          const maps: Tensor[] = [];
          for (const { video } of transfer ? controls : []) {
            const end = Math.min(window.start + window.frames, request.frames);
            const stretch = clipFrames(video!, size, Math.min(window.start, video!.frames - 1), end);
            maps.push(norm.toSampler(await vae.encode(reflect(stretch, window.frames))));
          }
          const branch = (of: typeof prompt, items: readonly Tensor[]): Cosmos3Branch => ({
            prompt: of.feeds,
            rope: visionRope(rope, dims, items.length + 1, of.tokens, request.fps),
            controls: items,
          });
          const { scheduler, timesteps } = cosmos3Schedule(settings, request, index, noise);
          const scale = distilled_sigmas ? 1 : request.guidance;
          const levels = timesteps.map((t) => t / 1000);
          const settled = requestGuidance(guidance, request);
          const control = request.controlGuidance ?? CONTROL_GUIDANCE;
          const mixing = transfer
            ? nestedGuidance(
                { scale, interval: settled.interval },
                { scale: control, interval: request.controlGuidanceInterval },
                levels,
              )
            : twoBranches(settled, scale, levels);
          return cosmos3Denoiser({
            ...mixing,
            transformer,
            scheduler,
            timesteps,
            cache: step_cache,
            branches: [
              branch(prompt, maps),
              branch(negative, maps),
              ...(transfer ? [branch(prompt, [])] : []),
            ],
            noise: noise(dims, { purpose: 'latents', window: index }),
            given: await encodeGiven(request, size, window, latent.temporal, before, vae, norm),
          });
        },
      };
    },
  };
}
