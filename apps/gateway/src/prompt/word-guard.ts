import type { PromptGuard } from './guard.ts';

/**
 * Blocks prompts that hold a listed word or phrase: whole words only, in any case, however it is accented or
 * spaced. "ass" does not block "class".
 */
export function wordGuard(words: readonly string[]): PromptGuard {
  const phrases = words.map(plain).filter(Boolean);
  return {
    name: 'words',
    async check(prompt) {
      const text = ` ${plain(prompt)} `;
      return phrases.some((phrase) => text.includes(` ${phrase} `))
        ? 'the prompt holds a word that is not allowed here'
        : undefined;
    },
  };
}

/** Letters and digits without accents, in small letters, with single spaces between words. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
