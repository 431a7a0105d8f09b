import type { Tensor } from '../tensor/tensor.ts';

/** Whole numbers for integer inputs (token ids, positions, timesteps of some models). */
export interface Integers {
  readonly dims: readonly number[];
  readonly integers: readonly number[] | Int32Array;
}

/** A value that only passes from one graph to the next, in whatever precision it has. */
export interface Opaque {
  readonly opaque: unknown;
}

export type Feed = Tensor | Integers | Opaque;

/** Name, element type and shape of a graph's input or output; a string stands for a size that may vary. */
export interface ValueInfo {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/**
 * One loaded ONNX graph. float32 tensors and whole numbers go in and are converted to what the graph declares
 * (float32, float16, float64, int64, int32, bool); float32 tensors come out.
 */
export interface Session {
  /** Path inside the profile folder, for messages. */
  readonly file: string;
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  /** Blocks the thread while the graph computes. Rejects with EngineError. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, Tensor>>;
  /** As `run`, but outputs whose name `keep` accepts stay as the graph made them. */
  runKeeping(
    feeds: Readonly<Record<string, Feed>>,
    keep: (name: string) => boolean,
  ): Promise<{ tensors: Record<string, Tensor>; kept: Record<string, Opaque> }>;
  /** Seconds spent in `run` so far. */
  readonly seconds: number;
  release(): Promise<void>;
}

/** Where and how graphs run. */
export interface SessionOptions {
  /** In order of preference: `cpu`, `cuda`, `tensorrt`, `coreml`, `webgpu`, `dml`. Default `['cpu']`. */
  readonly providers?: readonly string[];
  /** For `cuda`, `tensorrt` and `dml`. */
  readonly deviceId?: number;
  /** Threads of one operator; the default is the number of cores. */
  readonly threads?: number;
  /** Folder for graphs as the CPU provider has optimised them; a second load then skips the optimiser. */
  readonly cacheDir?: string;
}
