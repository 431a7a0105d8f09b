import type { Profile } from '@worldfarm/core';
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

/** Opens the engine that a profile names. */
export async function openProfileEngine(context: EngineContext): Promise<Engine> {
  const open = ENGINES[context.profile.engine];
  if (!open)
    throw new Error(`profile ${context.profile.id}: this worker has no engine ${context.profile.engine}`);
  return open(context);
}
