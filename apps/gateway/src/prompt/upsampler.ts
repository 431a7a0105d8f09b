import { z } from 'zod';

/** Writes a longer prompt from a short one. Rejects when it cannot. */
export type Upsampler = (prompt: string, signal: AbortSignal) => Promise<string>;

export interface UpsamplerOptions {
  /** base of an OpenAI-compatible API, or its chat completions route */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string;
  readonly timeoutMs: number;
}

const INSTRUCTIONS =
  'You write prompts for a video model. Rewrite what the user sends as one paragraph of at most 200 words that ' +
  'describes a single continuous shot: who or what is there, how it moves, the place, the light, the camera. ' +
  'Keep every fact, invent nothing that contradicts it, and answer with the paragraph only.';

const LONGEST = 20_000;

const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** Opens an upsampler on an OpenAI-compatible chat endpoint. */
export function openUpsampler({ url, model, apiKey, timeoutMs }: UpsamplerOptions): Upsampler {
  const endpoint = chatRoute(url);
  return async (prompt, signal) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
      body: JSON.stringify({
        model,
        messages: [
          { role: 'system', content: INSTRUCTIONS },
          { role: 'user', content: prompt },
        ],
      }),
    });
    if (!response.ok) throw new Error(`the upsampling endpoint answered ${response.status}`);
    const text = answerSchema.parse(await response.json()).choices[0]!.message.content.trim();
    if (!text) throw new Error('the upsampling endpoint answered without words');
    return text.slice(0, LONGEST);
  };
}

/** `https://host`, `https://host/v1` and the full route all mean the same. */
export function chatRoute(url: string): string {
  const base = url.replace(/\/+$/, '');
  if (base.endsWith('/chat/completions')) return base;
  return /\/v\d+$/.test(base) ? `${base}/chat/completions` : `${base}/v1/chat/completions`;
}
