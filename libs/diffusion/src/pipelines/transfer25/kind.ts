import { FarmError } from '@worldfarm/core';
import { requestGuidance } from '../../models/guidance.ts';
import { normalisation } from '../../models/normalisation.ts';
import { graphTransformer } from '../../models/transformer.ts';
import { uniPcLevels } from '../../schedulers/from-config.ts';
import { flowLevels, uniPc } from '../../schedulers/unipc.ts';
import type { Session } from '../../session/session.ts';
import { openAutoencoder, openPaddedText, PREDICT_BATCH, predictGraph } from '../cosmos/parts.ts';
import { alignedSize, checkRequest, renderPlan } from '../cosmos/plan.ts';
import { encodeCausal, encodePrompts, givenFrames, latentDims, windowRope } from '../cosmos/window.ts';
import type { PartLoader, Pipeline, PipelineKind } from '../pipeline.ts';
import { predict25Denoiser } from '../predict25/denoiser.ts';
import { planWindows } from '../windows.ts';
import { controlFeeds } from './controls.ts';
import { graphFor, readTransfer25, type Transfer25Settings } from './settings.ts';

/**
 * Cosmos-Transfer2.5: control clips steer each window; windows have a fixed length and begin with the last frames of
 * the one before. Several controls weigh in token by token.
 * Sources: diffusers `pipeline_cosmos2_5_transfer.py`; nvidia-cosmos/cosmos-transfer2.5 for several controls.
 */
export const transfer25: PipelineKind = (profile) => {
  const settings = readTransfer25(profile);
  const { latent, rope, conditioning } = settings.pipeline;
  return {
    plan(request) {
      checkRequest(request, settings.modes, settings.controls);
      const kinds = (request.controls ?? []).map(({ kind }) => kind);
      if (!graphFor(settings.graphs, kinds)) {
        throw new FarmError(
          'invalid_request',
          `no graph of this profile has ${kinds.join(' and ')} together`,
        );
      }
      const cell = latent.spatial;
      const largest = { width: rope.max_size[2] * cell, height: rope.max_size[1] * cell };
      const windows = planWindows(request.frames, {
        frames: request.windowFrames ?? conditioning.frames_per_chunk,
        overlap: request.overlapFrames ?? conditioning.overlap_frames,
        temporal: latent.temporal,
        fixed: true,
      });
      return renderPlan(request, alignedSize(request, cell * rope.patch[1], largest), windows);
    },
    open: (load) => open(settings, load),
  };
};

const CONTROL_BATCH: ReadonlySet<string> = new Set([
  ...PREDICT_BATCH,
  ...Array.from({ length: 8 }, (_, i) => `control_hidden_states_${i}`),
]);

async function openNetworks(settings: Transfer25Settings, load: PartLoader): Promise<Map<string, Session>> {
  const { latent, rope } = settings.pipeline;
  const base = predictGraph(latent.channels, rope.head_dim);
  const networks = new Map<string, Session>();
  for (const { component, controls } of settings.graphs) {
    const spec = {
      ...base,
      inputs: {
        ...base.inputs,
        control_latents: [controls.length, latent.channels, 'T', 'H', 'W'],
        control_weights: [controls.length, 'N'],
      },
      accepts: (name: string) => name.startsWith('control_hidden_states_'),
    };
    networks.set(component, await load.component(component, spec));
  }
  return networks;
}

async function open(settings: Transfer25Settings, load: PartLoader): Promise<Pipeline> {
  const { latent, rope, guidance, conditioning, step_cache } = settings.pipeline;
  const text = await openPaddedText(load, settings.tokenizer);
  const networks = await openNetworks(settings, load);
  const vae = await openAutoencoder(load, settings.components, latent);
  const norm = normalisation(latent);
  const batch = guidance.batched ? CONTROL_BATCH : undefined;

  return {
    transformerSeconds: () => [...networks.values()].reduce((sum, { seconds }) => sum + seconds, 0),
    async begin(request, plan, noise) {
      const { prompts, warnings } = await encodePrompts(text, request);
      const controls = request.controls ?? [];
      const graph = graphFor(
        settings.graphs,
        controls.map(({ kind }) => kind),
      )!;
      const transformer = graphTransformer(networks.get(graph.component)!, { output: 'sample', batch });
      const levels = uniPcLevels(settings.scheduler, {
        shift: request.flowShift,
        sigmaMax: request.sigmaMax,
      });
      return {
        warnings,
        decode: (latents) => vae.decode(norm.toAutoencoder(latents)),
        async window(index, before) {
          const window = plan.windows[index]!;
          const dims = latentDims(latent, window.frames, plan.sampled);
          const draw = (branch: number) =>
            latent.posterior === 'sample'
              ? noise(dims, { purpose: 'posterior', window: index, branch })
              : undefined;
          const needs = { frames: window.frames, temporal: latent.temporal, keep: window.overlap };
          const given = before && givenFrames(request, plan.sampled, needs, before);
          const [, , t, h, w] = dims as [number, number, number, number, number];
          const grid = { t, h: h / rope.patch[1], w: w / rope.patch[2] };
          const at = { window, size: plan.sampled, dims, grid, branches: graph.controls, vae, norm, draw };
          return predict25Denoiser({
            transformer,
            scheduler: uniPc(flowLevels(request.steps, levels)),
            guidance: requestGuidance(guidance, request),
            scale: request.guidance,
            cache: step_cache,
            prompts: prompts.map(({ feeds }) => feeds),
            shared: { ...windowRope(rope, dims, request.fps), ...(await controlFeeds(controls, at)) },
            start: noise(dims, { purpose: 'latents', window: index }),
            given: await encodeCausal(given, vae, norm, latent.temporal, given && draw(0)),
            givenTime: conditioning.timestep,
          });
        },
      };
    },
  };
}
