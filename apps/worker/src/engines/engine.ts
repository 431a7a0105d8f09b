import type { Mode, Profile, RenderPlan, Size } from '@worldfarm/core';
import type { LocalInputs } from '../stages/inputs.ts';

export interface EngineProgress {
  readonly stage: 'text' | 'steps' | 'decode';
  readonly step?: number;
  readonly steps?: number;
  /** 0 to 1 over the whole render */
  readonly value: number;
}

export interface EngineHooks {
  /** Aborts between two steps; the render then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EngineProgress) => void;
  /** Saves at most once in `every` seconds, and soon after `now` aborts. Engines that cannot save ignore it. */
  readonly checkpoint?: {
    readonly every: number;
    save(bytes: Uint8Array): Promise<void>;
    readonly now?: AbortSignal;
  };
  readonly resume?: Uint8Array;
}

/** Frames on their way: the lane is free when `frames` ends. */
export interface RenderedFrames {
  readonly kind: 'frames';
  /** RGB24 */
  readonly frames: AsyncIterable<Uint8Array>;
  /** size of those frames; the encoder scales to the plan's */
  readonly size: Size;
  /** seconds by part; complete when `frames` has ended */
  readonly timings: () => Record<string, number>;
  readonly warnings: readonly string[];
}

/** A finished video file, as an upstream server hands it over. */
export interface RenderedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly timings: () => Record<string, number>;
  readonly warnings: readonly string[];
  /** geometry where the file is no real video (null engine); else it is probed */
  readonly claimed?: { width: number; height: number; frames: number; fps: number; codec: string };
  readonly upsampledPrompt?: string;
  readonly seed?: number;
}

export type Rendered = RenderedFrames | RenderedFile;

/** What runs a profile. One render at a time; `render` resolves once output begins to come. */
export interface Engine {
  readonly profile: Profile;
  /** how this build of the engine is called in provenance, e.g. `onnx 1.30.0` */
  readonly version: string;
  render(plan: RenderPlan, inputs: LocalInputs, hooks: EngineHooks): Promise<Rendered>;
  close(): Promise<void>;
}

/** A fault of the device or the engine's own process: the engine must be opened anew before the next render. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
  readonly kind: 'device_fault' | 'out_of_memory';

  constructor(kind: EngineFault['kind'], message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.kind = kind;
  }
}

/** Modes that end in a picture rather than a video. */
export function isStill(mode: Mode): boolean {
  return mode === 'text2image';
}
