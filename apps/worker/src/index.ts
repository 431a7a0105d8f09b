export type { Engine, EngineHooks, EngineProgress, Rendered } from './engines/engine.ts';
export { EngineFault } from './engines/engine.ts';
export { type EngineContext, openProfileEngine } from './engines/registry.ts';
export type { LocalInputs } from './stages/inputs.ts';
