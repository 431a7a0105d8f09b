import { type DecodeVideoOptions, decodeVideo, decodeVideoPlan, framesOf } from '../decode/video.ts';
import { unreadable } from '../ffmpeg/untrusted.ts';
import type { Size } from '../formats/image-size.ts';
import { isVideo } from '../formats/sniff.ts';
import { identify } from '../probe.ts';
import { canny } from './canny.ts';
import { BLUR_FACTORS, EDGE_THRESHOLDS, type Preset } from './presets.ts';

export interface ControlMapOptions extends DecodeVideoOptions {
  /** Default `medium`. */
  preset?: Preset;
}

/**
 * Outlines of a video, white on black, as RGB24 frames of the asked size. Worked out on this thread, which it
 * leaves free every few milliseconds. Throws `unreadable_media`.
 */
export async function* edgeMap(path: string, options: ControlMapOptions): AsyncGenerator<Uint8Array> {
  const [low, high] = EDGE_THRESHOLDS[options.preset ?? 'medium'];
  for await (const frame of decodeVideo(path, options))
    yield greyToRgb(await canny(frame, options, low, high));
}

/** A video without its detail, as RGB24 frames of the asked size. Throws `unreadable_media`. */
export async function* blurMap(path: string, options: ControlMapOptions): AsyncGenerator<Uint8Array> {
  const { type } = await identify(path);
  if (!isVideo(type)) throw unreadable('The video is not MP4, WebM, AVI or MOV.');
  yield* framesOf(path, decodeVideoPlan(type, options, blurFilters(options, options.preset)), options);
}

export function blurFilters({ width, height }: Size, preset: Preset = 'medium'): string[] {
  const factor = BLUR_FACTORS[preset];
  const small = (side: number) => Math.max(1, Math.round(side / factor));
  const exact = 'accurate_rnd+bitexact';
  return [
    `scale=${small(width)}:${small(height)}:flags=area+${exact}`,
    `scale=${width}:${height}:flags=bicubic+${exact}`,
  ];
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i]!, i * 3, i * 3 + 3);
  return rgb;
}
