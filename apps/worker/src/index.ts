export type { Engine, EngineHooks, EngineProgress, Rendered } from './engines/engine.ts';
export { EngineFault } from './engines/engine.ts';
export { type EngineContext, openProfileEngine } from './engines/registry.ts';
export type { LocalInputs } from './stages/inputs.ts';
export { readConfig as readWorkerConfig, type WorkerConfig } from './config.ts';
export { laneClock, openSignals, type WorkerSignals } from './signals.ts';
export { type InputCache, openInputCache } from './stages/inputs.ts';
export { createWorker, type LaneWorker, type WorkerDeps } from './worker.ts';
