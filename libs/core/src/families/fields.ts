import { z } from 'zod';

/** Field schemas that several families share. Messages name the limit; zod names the field. */

export const prompt = z
  .string()
  .max(20_000, 'at most 20000 characters')
  .meta({ description: 'What the video shows.' });

export const negativePrompt = z
  .string()
  .max(20_000, 'at most 20000 characters')
  .meta({ description: 'What the video must not show; "" turns the default text off.' });

export const mediaText = (what: string) =>
  z.string().meta({ description: `${what}: raw base64, a data URI, or an http(s) URL.` });

export const seed32 = z
  .int('must be an integer')
  .min(0, 'at least 0')
  .max(4_294_967_295, 'at most 4294967295')
  .meta({ description: 'Drawn when absent, and returned.' });

export const intBetween = (low: number, high: number) =>
  z.int('must be an integer').min(low, `at least ${low}`).max(high, `at most ${high}`);

export const numberBetween = (low: number, high: number) =>
  z.number().min(low, `at least ${low}`).max(high, `at most ${high}`);

export const seedFromZero = z
  .int('must be an integer')
  .min(0, 'at least 0')
  .meta({ description: 'Drawn when absent, and returned.' });

/** A prompt that has to say something. */
export const requiredPrompt = prompt.refine((text) => text.trim() !== '', 'must not be blank');

export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, `must be one of ${names.join(', ')}`);

/** A media field that is there but blank counts as absent. */
export function presentText(text: string | undefined): string | undefined {
  return text?.trim() ? text : undefined;
}
