import { z } from 'zod';

/** A request dialect of the API (CONTRACT: request families). */
export const familySchema = z.enum(['predict1', 'transfer2.5', 'cosmos3-generator', 'predict2.5', 'cosmos3']);
export type Family = z.infer<typeof familySchema>;
export const FAMILIES = familySchema.options;

/** What a render makes of what: the profile says which of them it serves. */
export const modeSchema = z.enum([
  'text2video',
  'image2video',
  'video2video',
  'transfer',
  'text2image',
  'forward_dynamics',
  'inverse_dynamics',
  'policy',
]);
export type Mode = z.infer<typeof modeSchema>;

/** Control signals of transfer renders. `vis` is transfer2.5's name for blur. */
export const controlSchema = z.enum(['edge', 'blur', 'depth', 'seg', 'wsm']);
export type Control = z.infer<typeof controlSchema>;
