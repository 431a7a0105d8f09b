import { type GuidanceForm, guide, needsUnconditional } from '../../models/guidance.ts';
import type { Scheduler } from '../../schedulers/scheduler.ts';
import type { Session } from '../../session/session.ts';
import { paste } from '../../tensor/slice.ts';
import { clone, full, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Denoiser } from '../pipeline.ts';

/** Text states of one prompt as the transformer takes them. */
export type TextStates = Readonly<Record<string, Tensor>>;

export interface LatentFlowWindow {
  readonly transformer: Session;
  readonly scheduler: Scheduler;
  readonly guidance: { readonly form: GuidanceForm; readonly scale: number };
  readonly conditional: TextStates;
  readonly unconditional: TextStates;
  /** `[1, T, C, h, w]` */
  readonly noise: Tensor;
  /** Given latent frames, the first of the window. */
  readonly known: Tensor | undefined;
}

/** The loop of one window: velocity with guidance, Euler step, and at the end the given frames put back. */
export function latentFlowDenoiser(window: LatentFlowWindow): Denoiser {
  const { transformer, scheduler, guidance, noise, known } = window;
  const [, frames, , h, w] = noise.dims as [number, number, number, number, number];
  const conditionLatents = tensor(noise.dims);
  const conditionMask = tensor([1, frames, 1, h, w]);
  if (known) {
    paste(conditionLatents, 1, 0, known);
    paste(conditionMask, 1, 0, full([1, known.dims[1]!, 1, h, w], 1));
  }
  let latents = noise;

  async function velocity(i: number, text: TextStates): Promise<Tensor> {
    const results = await transformer.run({
      hidden_states: latents,
      condition_latents: conditionLatents,
      condition_mask: conditionMask,
      timestep: full([1], scheduler.sigmas[i]!),
      ...text,
    });
    return results.velocity!;
  }

  return {
    steps: scheduler.steps,
    async step(i) {
      const conditional = await velocity(i, window.conditional);
      const guided = needsUnconditional(guidance.form, guidance.scale)
        ? guide(guidance.form, guidance.scale, conditional, await velocity(i, window.unconditional))
        : conditional;
      latents = scheduler.step(i, latents, guided);
      return true;
    },
    result() {
      const done = clone(latents);
      if (known) paste(done, 1, 0, known);
      return done;
    },
    save: () => ({ ...scheduler.save(), latents }),
    restore(saved) {
      scheduler.restore(saved);
      latents = saved.latents!;
    },
  };
}
