import type { MediaRef, MediaSource } from './media.ts';
import type { Control, Family, Mode } from './modes.ts';
import type { Size, Tier } from './tiers.ts';

/** One control signal of a transfer render. Without `media` the map is made from the input video. */
export interface ControlPlan<Media> {
  readonly control: Control;
  /** 0..1 after normalisation */
  readonly weight: number;
  readonly media?: Media;
  readonly mask?: Media;
  /** transfer2.5 `seg.control_prompt`: the things to segment, comma separated */
  readonly prompt?: string;
  /** strength preset of maps that we make ourselves */
  readonly preset?: 'very_low' | 'low' | 'medium' | 'high' | 'very_high';
}

/** How the video is written. */
export interface OutputPlan {
  readonly container: 'mp4' | 'webm';
  readonly codec: 'h264' | 'vp9' | 'av1' | 'lossless';
  /** 1 (smallest) to 9 (best): `NIM_VIDEO_SAVE_QUALITY` */
  readonly quality: number;
}

/**
 * What is to be rendered, in the farm's own words, whatever family asked for it. `Media` is
 * {@link MediaSource} while the request is read and {@link MediaRef} once its bytes are stored.
 */
export interface RenderPlan<Media = MediaRef> extends Size {
  readonly family: Family;
  readonly mode: Mode;
  readonly tier: Tier;
  readonly prompt: string;
  /** undefined: the profile's own default; "" turns it off */
  readonly negativePrompt?: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  /** frames of the video that the client gets */
  readonly frames: number;
  readonly fps: number;
  readonly image?: Media;
  readonly video?: Media;
  readonly controls?: readonly ControlPlan<Media>[];
  /** clean frames carried from one window to the next, transfer families */
  readonly conditionalFrames?: number;
  /** which frames of the video condition it (cosmos3 video2video) */
  readonly conditionIndexes?: readonly number[];
  readonly conditionKeep?: 'first' | 'last';
  readonly windowFrames?: number;
  readonly controlGuidance?: number;
  readonly sigmaMax?: number;
  readonly flowShift?: number;
  /** ask the prompt upsampler for a longer prompt first */
  readonly upsample?: boolean;
  /** what was accepted but changed or ignored, in words for the caller */
  readonly warnings: readonly string[];
}

/** Replaces every media of a plan, in order; used to swap sources for stored references. */
export async function mapPlanMedia<From, To>(
  plan: RenderPlan<From>,
  swap: (media: From, field: string) => Promise<To>,
): Promise<RenderPlan<To>> {
  const { image, video, controls, ...rest } = plan;
  return {
    ...rest,
    ...(image && { image: await swap(image, 'image') }),
    ...(video && { video: await swap(video, 'video') }),
    ...(controls && { controls: await Promise.all(controls.map((c) => mapControl(c, swap))) }),
  };
}

async function mapControl<From, To>(
  { media, mask, ...rest }: ControlPlan<From>,
  swap: (media: From, field: string) => Promise<To>,
): Promise<ControlPlan<To>> {
  return {
    ...rest,
    ...(media && { media: await swap(media, `${rest.control}.control`) }),
    ...(mask && { mask: await swap(mask, `${rest.control}.mask`) }),
  };
}

export type RequestedPlan = RenderPlan<MediaSource>;
