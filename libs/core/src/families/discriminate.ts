import type { Family } from '../modes.ts';

const TRANSFER_FIELDS = ['edge', 'depth', 'vis', 'seg'];
const PREDICT1_FIELDS = ['video_params', 'prompt_upsampling', 'video'];

/**
 * Finds the family of a body by the fields it has, in the contract's order. A profile that was named by
 * path, query or header settles the family before this is asked.
 */
export function discriminateFamily(body: Record<string, unknown>, fallback: Family): Family {
  const has = (field: string) => body[field] !== undefined;
  if (has('model_mode')) return 'cosmos3';
  if (TRANSFER_FIELDS.some(has)) return 'transfer2.5';
  if (PREDICT1_FIELDS.some(has)) return 'predict1';
  return fallback;
}
