import { type Profile, type RenderPlan, withDefaults } from '@worldfarm/core';
import {
  type DiffusionEngine,
  EngineError,
  type EngineOptions,
  openEngine,
  RUNTIME_VERSION,
} from '@worldfarm/diffusion';
import { decodeRequestMedia, mediaOutline } from './onnx-media.ts';
import { type Engine, EngineFault } from './engine.ts';

/** The in-process engine: libs/diffusion over onnxruntime, its graphs in a thread of their own. */
export async function openOnnxEngine(
  folder: string,
  options: EngineOptions,
  onLoaded: (load: DiffusionEngine['load']) => void,
): Promise<Engine> {
  const engine = await openEngine(folder, options);
  onLoaded(engine.load);
  return {
    profile: engine.profile,
    version: `onnx ${RUNTIME_VERSION}`,
    render: (plan, inputs, hooks) => render(engine, plan, inputs, hooks),
    close: () => engine.close(),
  };
}

const render: (
  engine: DiffusionEngine,
  ...rest: Parameters<Engine['render']>
) => ReturnType<Engine['render']> = async (engine, plan, inputs, hooks) => {
  const request = baseRequest(plan, engine.profile);
  const { sampled } = engine.plan({ ...request, ...mediaOutline(plan) });
  const media = await decodeRequestMedia(plan, inputs, sampled, hooks.signal);
  const rendered = await engine.render({ ...request, ...media }, hooks).catch(asFault);
  return {
    kind: 'frames',
    frames: faultsOf(rendered.chunks),
    size: { width: rendered.width, height: rendered.height },
    timings: () => numbersOf(rendered.timings),
    warnings: rendered.warnings,
  };
};

function baseRequest(plan: RenderPlan, profile: Profile) {
  const full = withDefaults(plan, profile);
  return {
    mode: full.mode,
    prompt: full.prompt,
    negativePrompt: full.negativePrompt,
    seed: full.seed,
    steps: full.steps,
    guidance: full.guidance,
    width: full.width,
    height: full.height,
    frames: full.frames,
    fps: full.fps,
    conditionFrames: full.conditionIndexes,
    conditionKeep: full.conditionKeep,
    controlGuidance: full.controlGuidance,
    flowShift: full.flowShift,
    sigmaMax: full.sigmaMax,
    windowFrames: full.windowFrames,
    overlapFrames: full.conditionalFrames,
  };
}

function asFault(error: unknown): never {
  const kind = faultOf(error);
  if (kind) throw new EngineFault(kind, (error as Error).message, { cause: error });
  throw error;
}

/** How onnxruntime, CUDA and the thread itself say that memory has run out. */
const OUT_OF_MEMORY =
  /out of memory|failed to allocate|bad_?alloc|smaller than requested|ERR_WORKER_OUT_OF_MEMORY|memory limit/i;

/** The device's part in a failure of the engine; undefined when it has none. */
export function faultOf(error: unknown): EngineFault['kind'] | undefined {
  if (!(error instanceof EngineError)) return undefined;
  const said = `${error.message} ${error.cause instanceof Error ? error.cause.message : (error.cause ?? '')}`;
  if (OUT_OF_MEMORY.test(said)) return 'out_of_memory';
  return error.deviceFault ? 'device_fault' : undefined;
}

async function* faultsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    asFault(error);
  }
}

function numbersOf(timings: object): Record<string, number> {
  return Object.fromEntries(Object.entries(timings).filter(([, value]) => typeof value === 'number'));
}
