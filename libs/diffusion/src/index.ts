export type { DiffusionEngine } from './engine/engine.ts';
export { openEngine } from './engine/open.ts';
export type { EngineOptions } from './engine/options.ts';
export type { LoadReport } from './engine/protocol.ts';
export { EngineError, ProfileError } from './errors.ts';
export type {
  ControlInput,
  MaskFrames,
  RenderedFrames,
  RenderHooks,
  RenderPlan,
  RenderProgress,
  RenderRequest,
  RenderTimings,
  RgbFrames,
  WindowPlan,
} from './request.ts';
export { checkFiles } from './profile/files.ts';
export { readProfile } from './profile/read.ts';
