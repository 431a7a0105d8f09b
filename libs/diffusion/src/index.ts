export { type BenchReport, benchProfile } from './engine/bench.ts';
export { RUNTIME_VERSION } from './session/version.ts';
export type { DiffusionEngine } from './engine/engine.ts';
export { openEngine } from './engine/open.ts';
export type { EngineOptions } from './engine/options.ts';
export type { LoadReport } from './engine/protocol.ts';
export type { SampleOptions } from './engine/sample-request.ts';
export { measureStepCache, type StepCacheQuality } from './engine/step-cache-quality.ts';
export { EngineError, ProfileError } from './errors.ts';
export { type GoldenReport, type VerifyReport, verifyProfile } from './parity/verify.ts';
export { type FrameGuard, openFrameGuard } from './frame-guard/open.ts';
export { readCheckpoint } from './profile/checkpoint.ts';
export { checkFiles } from './profile/files.ts';
export { checkFit, profileMemory } from './profile/fits.ts';
export { readProfile } from './profile/read.ts';
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
