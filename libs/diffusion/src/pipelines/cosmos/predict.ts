import { type GuidanceSettings, requestGuidance } from '../../models/guidance.ts';
import { type LatentSettings, normalisation, type Normalisation } from '../../models/normalisation.ts';
import { type Feeds, graphTransformer, type Transformer } from '../../models/transformer.ts';
import type { Autoencoder } from '../../models/vae.ts';
import type { NoiseSource } from '../../noise/normal.ts';
import type { RenderPlan, RenderRequest, WindowPlan } from '../../request.ts';
import type { Session } from '../../session/session.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { PromptTokenizer } from '../../tokenizer/prompt.ts';
import type { Denoiser, PartLoader, Pipeline } from '../pipeline.ts';
import type { StepCacheSettings } from '../step-cache.ts';
import { planWindows, type WindowRule } from '../windows.ts';
import { type Components, openAutoencoder, openPaddedText, PREDICT_BATCH, predictGraph } from './parts.ts';
import { alignedSize, checkRequest, renderPlan } from './plan.ts';
import type { CosmosRopeSettings, CosmosSettings } from './settings.ts';
import { encodePrompts, latentDims, windowRope } from './window.ts';

/** Settings of the profiles that are driven here: Predict1, Predict2, Predict2.5 and Transfer2.5. */
export interface PredictSettings extends CosmosSettings {
  readonly pipeline: {
    readonly latent: LatentSettings;
    readonly rope: CosmosRopeSettings;
    readonly guidance: GuidanceSettings;
    readonly step_cache?: StepCacheSettings | undefined;
  };
  readonly components: Components;
  readonly tokenizer: PromptTokenizer;
}

/** The plan of a request: a size that patches and positions of the network allow, and windows by `rule`. */
export function planPredict(
  settings: PredictSettings,
  request: RenderRequest,
  rule: Omit<WindowRule, 'temporal'>,
): RenderPlan {
  checkRequest(request, settings.modes, settings.controls);
  const { latent, rope } = settings.pipeline;
  const cell = latent.spatial;
  const largest = { width: rope.max_size[2] * cell, height: rope.max_size[1] * cell };
  const size = alignedSize(request, cell * rope.patch[1], largest);
  return renderPlan(request, size, planWindows(request.frames, { ...rule, temporal: latent.temporal }));
}

/** The denoising networks of a profile. */
export interface Networks {
  /** The one that a request is rendered with. */
  of(request: RenderRequest): Transformer;
  /** Seconds spent in all of them so far. */
  seconds(): number;
}

/** The network of profiles that have one, and its graph. */
export async function openNetwork(
  { pipeline: { latent, rope, guidance } }: PredictSettings,
  load: PartLoader,
): Promise<Networks & { readonly session: Session }> {
  const session = await load.component('transformer', predictGraph(latent.channels, rope.head_dim));
  const batch = guidance.batched ? PREDICT_BATCH : undefined;
  const transformer = graphTransformer(session, { output: 'sample', batch });
  return { session, of: () => transformer, seconds: () => session.seconds };
}

/** What the loops of all these pipelines are given for a window. */
export interface PredictWindow {
  readonly transformer: Transformer;
  readonly guidance: GuidanceSettings;
  /** Guidance scale of the request. */
  readonly scale: number;
  readonly cache: StepCacheSettings | undefined;
  /** Encoded prompt and negative prompt. */
  readonly prompts: readonly Feeds[];
  /** What every evaluation gets: the rotary table, and controls where there are any. */
  readonly shared: Feeds;
}

/** One window of a request, before its conditions are made. */
export interface WindowStart {
  readonly request: RenderRequest;
  readonly plan: RenderPlan;
  readonly index: number;
  readonly window: WindowPlan;
  /** Shape of its latents, `[1, C, T, H, W]`. */
  readonly dims: readonly number[];
  /** The last frames of the window before it. */
  readonly before: Tensor | undefined;
  readonly noise: NoiseSource;
  /** Noise of the posterior's draw for input `branch`, by default the clip; none where the profile takes the mean. */
  draw(branch?: number): Tensor | undefined;
  readonly vae: Autoencoder;
  readonly norm: Normalisation;
  readonly common: PredictWindow;
}

/**
 * Opens text encoder and autoencoder, and renders with `denoiser`, which makes a window's conditions and its loop.
 * @param sigmaData scale of the sampler's latents
 */
export async function openPredict(
  { pipeline: { latent, rope, guidance, step_cache }, components, tokenizer }: PredictSettings,
  load: PartLoader,
  networks: Networks,
  sigmaData: number,
  denoiser: (start: WindowStart) => Promise<Denoiser>,
): Promise<Pipeline> {
  const text = await openPaddedText(load, tokenizer);
  const vae = await openAutoencoder(load, components, latent);
  const norm = normalisation(latent, sigmaData);
  return {
    transformerSeconds: networks.seconds,
    async begin(request, plan, noise) {
      const { prompts, warnings } = await encodePrompts(text, request);
      const settled = {
        transformer: networks.of(request),
        guidance: requestGuidance(guidance, request),
        scale: request.guidance,
        cache: step_cache,
        prompts: prompts.map(({ feeds }) => feeds),
      };
      return {
        warnings,
        decode: (latents) => vae.decode(norm.toAutoencoder(latents)),
        async window(index, before) {
          const window = plan.windows[index]!;
          const dims = latentDims(latent, window.frames, plan.sampled);
          const draw = (branch = 0) =>
            latent.posterior === 'sample'
              ? noise(dims, { purpose: 'posterior', window: index, branch })
              : undefined;
          const common = { ...settled, shared: windowRope(rope, dims, request.fps) };
          return denoiser({ request, plan, index, window, dims, before, noise, draw, vae, norm, common });
        },
      };
    },
  };
}
