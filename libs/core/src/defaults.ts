import type { RenderPlan } from './plan.ts';
import type { Profile } from './profile.ts';

/** What a video should not show, where neither the request nor the profile says. */
export const DEFAULT_NEGATIVE_PROMPT =
  'low quality, blurred or noisy picture, flicker, jerky or frozen motion, warped shapes, wrong proportions, ' +
  'over-exposed or washed-out colours, compression blocks, watermarks, captions, logos';

/** Fills in what a plan left to the profile. */
export function withDefaults<Media>(
  plan: RenderPlan<Media>,
  profile: Pick<Profile, 'negative_prompt'>,
): RenderPlan<Media> & { readonly negativePrompt: string } {
  return {
    ...plan,
    negativePrompt: plan.negativePrompt ?? profile.negative_prompt ?? DEFAULT_NEGATIVE_PROMPT,
  };
}
