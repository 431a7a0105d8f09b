import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Profile, profileSchema } from '@worldfarm/core';
import type { z } from 'zod';
import { ProfileError } from '../errors.ts';

/** What a folder in diffusers' layout holds, the second where the pipeline is modular. */
const DIFFUSERS_INDEXES = ['model_index.json', 'modular_model_index.json'];

async function firstOf(dir: string, names: readonly string[]): Promise<string | undefined> {
  const found = new Set(await readdir(dir).catch(() => []));
  return names.find((name) => found.has(name));
}

/**
 * Reads and validates `profile.json` of a folder.
 * @throws ProfileError; for a checkpoint in diffusers' own layout it says how to export it.
 */
export async function readProfile(dir: string): Promise<Profile> {
  const text = await readFile(join(dir, 'profile.json'), 'utf8').catch(() => undefined);
  if (text === undefined) {
    const index = await firstOf(dir, DIFFUSERS_INDEXES);
    if (index) {
      throw new ProfileError(
        index,
        'this is a checkpoint in diffusers layout, not an exported profile; export it with ' +
          '`python infra/export/export.py --checkpoint <this folder> --out <profile folder>` and name that folder',
      );
    }
    throw new ProfileError('profile.json', 'the file is missing');
  }
  return validate('profile.json', profileSchema, parse(text), '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProfileError('profile.json', 'is not JSON', { cause });
  }
}

/** Parses one part of a profile; a mismatch becomes a ProfileError that names the fields. */
export function validate<T>(file: string, schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const first = result.error.issues
    .map((issue) => `${[at, ...issue.path].filter((part) => part !== '').join('.')}: ${issue.message}`)
    .slice(0, 3);
  throw new ProfileError(file, first.join('; '));
}
