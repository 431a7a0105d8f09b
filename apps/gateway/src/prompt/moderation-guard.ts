import { z } from 'zod';
import type { PromptGuard } from './guard.ts';

export interface ModerationOptions {
  /** the whole URL, or a base that `/moderations` is put after */
  readonly url: string;
  readonly model?: string;
  readonly apiKey?: string;
  readonly timeoutMs: number;
}

const answerSchema = z.object({
  results: z
    .array(z.object({ flagged: z.boolean(), categories: z.record(z.string(), z.boolean()).optional() }))
    .min(1),
});

/** Asks an endpoint that has the shape of OpenAI's moderations. */
export function moderationGuard({ url, model, apiKey, timeoutMs }: ModerationOptions): PromptGuard {
  const endpoint = /\/moderations$/.test(url) ? url : `${url.replace(/\/+$/, '')}/moderations`;
  return {
    name: 'moderation',
    async check(prompt, signal) {
      const response = await fetch(endpoint, {
        method: 'POST',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify({ input: prompt, ...(model && { model }) }),
      });
      if (!response.ok) throw new Error(`the moderation endpoint answered ${response.status}`);
      const { results } = answerSchema.parse(await response.json());
      const flagged = results.find((result) => result.flagged);
      if (!flagged) return undefined;
      const categories = Object.entries(flagged.categories ?? {}).flatMap(([name, hit]) =>
        hit ? [name] : [],
      );
      return `the prompt was flagged${categories.length > 0 ? `: ${categories.join(', ')}` : ''}`;
    },
  };
}
