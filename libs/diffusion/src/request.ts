import type { Control, Mode, Size } from '@worldfarm/core';

/** Whole frames, RGB24, rows from the top, at the plan's sampled size: `frames * height * width * 3` bytes. */
export interface RgbFrames {
  readonly frames: number;
  readonly data: Uint8Array;
}

/** One byte a pixel, 0 (leave alone) to 255 (follow the control): `frames * height * width` bytes. */
export interface MaskFrames {
  readonly frames: number;
  readonly data: Uint8Array;
}

/** A control signal of a transfer render. */
export interface ControlInput {
  readonly kind: Control;
  /** 0 to 1. Where any control has a mask, weights that sum past 1 at a place are scaled down there. */
  readonly weight: number;
  /** Absent: made from the request's `video` by the profile's own network for this control, where it has one. */
  readonly video?: RgbFrames;
  readonly mask?: MaskFrames;
}

/**
 * What to render. Pictures are RGB24 at the size that {@link RenderPlan.sampled} names.
 * `video` and `controls` are moved to the engine's thread: their buffers are empty afterwards.
 */
export interface RenderRequest {
  readonly mode: Mode;
  readonly prompt: string;
  /** "" is the unconditional prompt. */
  readonly negativePrompt: string;
  /** 0 to 2^53 - 1 */
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  /** The size that is wanted in the end, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The exact number of frames that come back. */
  readonly frames: number;
  readonly fps: number;
  /** The first frame: `height * width * 3` bytes. */
  readonly image?: Uint8Array;
  /** The clip to continue (video2video) or to restyle (transfer). */
  readonly video?: RgbFrames;
  readonly controls?: readonly ControlInput[];
  /** Latent frames of the output that are given by `video` (Cosmos3 `condition_frame_indexes_vision`). */
  readonly conditionFrames?: readonly number[];
  /** Which end of a longer `video` is kept as condition; the pipeline's default when absent. */
  readonly conditionKeep?: 'first' | 'last';
  /** Strength of the control branch in nested guidance. */
  readonly controlGuidance?: number;
  /** Noise levels between which guidance applies, instead of the profile's own. */
  readonly guidanceInterval?: readonly [number, number];
  /** The same for the control branch. */
  readonly controlGuidanceInterval?: readonly [number, number];
  /** Transfer: leading frames of `video` that the first window begins with. */
  readonly firstFrames?: number;
  /** Cosmos3: which parts are put around the prompt; all of them when absent. */
  readonly promptTemplate?: {
    readonly system?: boolean;
    readonly duration?: boolean;
    readonly resolution?: boolean;
  };
  /** Overrides the scheduler's flow shift. */
  readonly flowShift?: number;
  /** Overrides the scheduler's largest sigma. */
  readonly sigmaMax?: number;
  /** Predict1: noise level that given frames carry. */
  readonly augmentSigma?: number;
  /** Predict1: guidance pushes away from a prediction that is not told which frames are given. */
  readonly inputFramesGuidance?: boolean;
  /** Frames of one window. */
  readonly windowFrames?: number;
  /** Frames of the window before that condition the next one. */
  readonly overlapFrames?: number;
}

/** One stretch of frames that is denoised at once. */
export interface WindowPlan {
  /** Index of its first frame in the output. */
  readonly start: number;
  /** Frames that are sampled, `overlap` included. */
  readonly frames: number;
  /** Leading frames that repeat the window before and are not emitted again. */
  readonly overlap: number;
}

/** How a request will be met; pure arithmetic on the profile and the request. */
export interface RenderPlan {
  /** The size that is sampled; frames come back in it. */
  readonly sampled: Size;
  /** True when the sampled size is not the asked one, so that the caller has to scale. */
  readonly scale: boolean;
  readonly windows: readonly WindowPlan[];
  /** Frames that come back: those that were asked for. */
  readonly frames: number;
  readonly fps: number;
  /** Denoising steps of all windows. */
  readonly steps: number;
}

export interface RenderProgress {
  readonly stage: 'text' | 'steps' | 'decode';
  /** Steps done and planned, over all windows. */
  readonly step?: number;
  readonly steps?: number;
  /** 0 to 1 over the whole render; never falls. */
  readonly value: number;
  /** Since the render began in the engine's thread. */
  readonly seconds: number;
}

export interface RenderHooks {
  /** Cancels between steps: the render rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RenderProgress) => void;
  /**
   * Saves the unfinished render at most once in `every` seconds, never two at a time. A `save` that rejects fails the
   * render. When `now` aborts, one more is saved as soon as the step on its way is done.
   */
  readonly checkpoint?: {
    readonly every: number;
    save(bytes: Uint8Array): Promise<void>;
    readonly now?: AbortSignal;
  };
  /** A saved checkpoint. One of another request or profile, or a broken one, is passed over. */
  readonly resume?: Uint8Array;
}

/** Seconds of the parts of a render, and what the step cache did. Complete after the last chunk. */
export interface RenderTimings {
  text: number;
  /** Conditions: encoding of given pictures. */
  encode: number;
  steps: number;
  decode: number;
  /** Time in the transformer's graph; the rest of `steps` is the host's. */
  transformer: number;
  stepsPlanned: number;
  stepsComputed: number;
  /** Steps whose result a checkpoint brought. */
  stepsResumed: number;
}

export interface RenderedFrames {
  /** The sampled size. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  /** RGB24, whole frames; iterate once. Breaking off cancels the render. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Filled while frames come; complete after the last chunk. */
  readonly timings: RenderTimings;
  /** What the caller should tell its user, e.g. that a prompt was cut. */
  readonly warnings: readonly string[];
}
