import { readFile } from 'node:fs/promises';
import type { GatewayConfig } from '../config.ts';
import { moderationGuard } from './moderation-guard.ts';
import type { PromptStages } from './prepare.ts';
import { openUpsampler } from './upsampler.ts';
import { wordGuard } from './word-guard.ts';

/** The stages that the configuration switches on; none by default. */
export async function openPromptStages({ guardrails, upsampling }: GatewayConfig): Promise<PromptStages> {
  const words = [...guardrails.words, ...(await readWords(guardrails.wordsFile))];
  const { moderation } = guardrails;
  return {
    guards: [
      ...(words.length > 0 ? [wordGuard(words)] : []),
      ...(moderation ? [moderationGuard(moderation)] : []),
    ],
    ...(upsampling && { upsampler: openUpsampler(upsampling) }),
  };
}

/** One word or phrase a line; `#` begins a remark. */
async function readWords(file: string | undefined): Promise<string[]> {
  if (!file) return [];
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter(Boolean);
}
