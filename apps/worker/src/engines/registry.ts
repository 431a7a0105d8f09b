import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Profile, profileSchema } from '@worldfarm/core';
import type { EngineOptions } from '@worldfarm/diffusion';
import type { Logger } from '@worldfarm/service';
import type { Engine } from './engine.ts';
import { openNullEngine } from './null.ts';
import { openOnnxEngine } from './onnx.ts';

export interface EngineContext {
  readonly folder: string;
  readonly profile: Profile;
  readonly logger: Logger;
  readonly onnx: EngineOptions;
}

type OpenEngine = (context: EngineContext) => Promise<Engine>;

const ENGINES: Partial<Record<Profile['engine'], OpenEngine>> = {
  onnx: ({ folder, onnx, logger, profile }) =>
    openOnnxEngine(folder, onnx, (seconds) => logger.info({ profile: profile.id, seconds }, 'model loaded')),
  null: ({ profile }) => openNullEngine(profile),
};

/** Reads `profile.json` of a profile folder. @throws Error naming the file and the field */
export async function readProfile(folder: string): Promise<Profile> {
  const path = join(folder, 'profile.json');
  const result = profileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Opens the engine that a profile names. */
export async function openProfileEngine(context: EngineContext): Promise<Engine> {
  const open = ENGINES[context.profile.engine];
  if (!open)
    throw new Error(`profile ${context.profile.id}: this worker has no engine ${context.profile.engine}`);
  return open(context);
}
