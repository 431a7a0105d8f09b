import { FarmError, type Mode, type RequestedPlan } from '@worldfarm/core';
import type { Logger } from '@worldfarm/service';
import type { PromptGuard } from './guard.ts';
import type { Upsampler } from './upsampler.ts';

/** What happens to a prompt before its job is queued. */
export interface PromptStages {
  readonly guards: readonly PromptGuard[];
  readonly upsampler?: Upsampler;
}

/** Modes whose prompt may be rewritten; the others follow a clip, and the prompt only says what changes. */
const UPSAMPLED: ReadonlySet<Mode> = new Set<Mode>(['text2video', 'image2video', 'text2image']);

/**
 * Checks a prompt and has it rewritten where that is asked for. A rewriter that fails costs nothing but a line
 * in the log; a guard that fails stops the request.
 *
 * @returns the rewritten prompt, if there is one
 * @throws FarmError guardrail_blocked, dependency_unavailable
 */
export async function preparePrompt(
  plan: RequestedPlan,
  { guards, upsampler }: PromptStages,
  logger: Logger,
  signal: AbortSignal,
): Promise<string | undefined> {
  await runGuards(plan.prompt, guards, signal);
  if (!upsampler || plan.upsample === false || !UPSAMPLED.has(plan.mode) || !plan.prompt.trim())
    return undefined;
  const rewritten = await upsampler(plan.prompt, signal).catch((error: unknown) => {
    logger.warn({ err: error }, 'the prompt could not be upsampled; the original is rendered');
    return undefined;
  });
  if (rewritten !== undefined) await runGuards(rewritten, guards, signal);
  return rewritten;
}

async function runGuards(prompt: string, guards: readonly PromptGuard[], signal: AbortSignal): Promise<void> {
  for (const guard of guards) {
    const reason = await guard.check(prompt, signal).catch((error: unknown) => {
      throw new FarmError('dependency_unavailable', 'the prompt cannot be checked now', {
        cause: error,
        retryAfter: 5,
      });
    });
    if (reason) throw new FarmError('guardrail_blocked', reason, { param: 'prompt' });
  }
}
