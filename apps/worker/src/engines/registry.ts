import type { Profile } from '@worldfarm/core';
import { type EngineOptions, openFrameGuard } from '@worldfarm/diffusion';
import type { Logger } from '@worldfarm/service';
import type { Engine } from './engine.ts';
import { guardEngine } from './guarded.ts';
import { openNullEngine } from './null.ts';
import { openOnnxEngine } from './onnx.ts';
import type { UpstreamOptions } from './upstream/http.ts';
import { openNimEngine } from './upstream/nim.ts';
import { openVideosEngine } from './upstream/videos.ts';

export interface EngineContext {
  readonly folder: string;
  readonly profile: Profile;
  readonly logger: Logger;
  readonly onnx: EngineOptions;
  /** the model server beside the worker */
  readonly upstream?: UpstreamOptions;
  /** ends the wait for a server that is not ready yet */
  readonly signal: AbortSignal;
}

type OpenEngine = (context: EngineContext) => Promise<Engine>;

const ENGINES: Record<Profile['engine'], OpenEngine> = {
  onnx: ({ folder, onnx, logger, profile }) =>
    openOnnxEngine(folder, onnx, ({ seconds, warmUp, providers, passedOver }) => {
      for (const absent of passedOver) logger.warn(absent, 'execution provider cannot be used here');
      logger.info({ profile: profile.id, seconds, warmUp, providers }, 'model loaded');
    }),
  null: ({ profile }) => openNullEngine(profile),
  nim: (context) => openNimEngine(context.profile, upstreamOf(context), context.signal),
  videos: (context) => openVideosEngine(context.profile, upstreamOf(context), context.signal),
};

/** Opens the engine that a profile names, behind the profile's frame guard where it has one. */
export async function openProfileEngine(context: EngineContext): Promise<Engine> {
  const { folder, profile, onnx } = context;
  const engine = await ENGINES[profile.engine](context);
  if (!profile.frame_guard) return engine;
  return guardEngine(engine, await openFrameGuard(folder, profile.frame_guard, onnx), profile.frame_guard);
}

function upstreamOf({ upstream, profile }: EngineContext): UpstreamOptions {
  if (upstream) return upstream;
  throw new Error(
    `profile ${profile.id}: engine ${profile.engine} needs WORLDFARM_UPSTREAM_URL, the address of its server`,
  );
}
