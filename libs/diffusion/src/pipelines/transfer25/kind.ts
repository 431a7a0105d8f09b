import { controlSchema, FarmError } from '@worldfarm/core';
import { graphTransformer } from '../../models/transformer.ts';
import type { RenderRequest } from '../../request.ts';
import type { Session } from '../../session/session.ts';
import { PREDICT_BATCH, predictGraph } from '../cosmos/parts.ts';
import { type Networks, openPredict, planPredict } from '../cosmos/predict.ts';
import { encodeCausal, givenFrames } from '../cosmos/window.ts';
import type { PartLoader, PipelineKind } from '../pipeline.ts';
import { predict25Denoiser, uniPcOf } from '../predict25/denoiser.ts';
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
      const plan = planPredict(settings, request, {
        frames: request.windowFrames ?? conditioning.frames_per_chunk,
        overlap: request.overlapFrames ?? conditioning.overlap_frames,
        fixed: true,
      });
      const kinds = (request.controls ?? []).map(({ kind }) => kind);
      if (!graphFor(settings.graphs, kinds)) {
        const message = `no graph of this profile has ${kinds.join(' and ')} together`;
        throw new FarmError('invalid_request', message);
      }
      return plan;
    },
    open: async (load) =>
      openPredict(settings, load, await openNetworks(settings, load), 1, async (at) => {
        const { request, before, dims, vae, norm, draw } = at;
        const size = at.plan.sampled;
        const needs = { frames: at.window.frames, temporal: latent.temporal, keep: at.window.overlap };
        const given = before && givenFrames(request, size, needs, before);
        const [, , t, h, w] = dims as [number, number, number, number, number];
        const grid = { t, h: h / rope.patch[1], w: w / rope.patch[2] };
        const controls = request.controls ?? [];
        const { controls: branches } = graphOf(settings, request);
        const feeds = await controlFeeds(controls, { ...at, size, grid, branches });
        return predict25Denoiser({
          ...at.common,
          shared: { ...at.common.shared, ...feeds },
          scheduler: uniPcOf(settings.scheduler, request),
          start: at.noise(dims, { purpose: 'latents', window: at.index }),
          given: await encodeCausal(given, vae, norm, latent.temporal, given && draw()),
          givenTime: conditioning.timestep,
        });
      }),
  };
};

/** The graph for a request that was planned, so there is one. */
const graphOf = ({ graphs }: Transfer25Settings, { controls = [] }: RenderRequest) =>
  graphFor(
    graphs,
    controls.map(({ kind }) => kind),
  )!;

/** Inputs of branches that project the text themselves. */
const OWN_TEXT = 'control_hidden_states_';

const CONTROL_BATCH: ReadonlySet<string> = new Set([
  ...PREDICT_BATCH,
  ...controlSchema.options.map((kind) => `${OWN_TEXT}${kind}`),
]);

async function openNetworks(settings: Transfer25Settings, load: PartLoader): Promise<Networks> {
  const { latent, rope, guidance } = settings.pipeline;
  const base = predictGraph(latent.channels, rope.head_dim);
  const batch = guidance.batched ? CONTROL_BATCH : undefined;
  const sessions = new Map<string, Session>();
  for (const { component, controls } of settings.graphs) {
    const spec = {
      ...base,
      inputs: {
        ...base.inputs,
        control_latents: [controls.length, latent.channels, 'T', 'H', 'W'],
        control_weights: [controls.length, 'N'],
      },
      accepts: (name: string) => name.startsWith(OWN_TEXT),
    };
    sessions.set(component, await load.component(component, spec));
  }
  return {
    of: (request) =>
      graphTransformer(sessions.get(graphOf(settings, request).component)!, { output: 'sample', batch }),
    seconds: () => sessions.values().reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
