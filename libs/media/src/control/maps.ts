import { type DecodeVideoOptions, decodeVideoPlan, framesOf } from '../decode/video.ts';
import { unreadable } from '../ffmpeg/untrusted.ts';
import { isVideo } from '../formats/sniff.ts';
import { identify } from '../probe.ts';
import { BLUR_FACTORS, EDGE_THRESHOLDS, type Preset } from './presets.ts';

export interface ControlMapOptions extends DecodeVideoOptions {
  /** Default `medium`. */
  preset?: Preset;
}

/** Outlines of a video, white on black, as RGB24 frames of the asked size. Throws `unreadable_media`. */
export function edgeMap(path: string, options: ControlMapOptions): AsyncGenerator<Uint8Array> {
  return controlMap(path, options, edgeFilters(options.preset));
}

/** A video without its detail, as RGB24 frames of the asked size. Throws `unreadable_media`. */
export function blurMap(path: string, options: ControlMapOptions): AsyncGenerator<Uint8Array> {
  return controlMap(path, options, blurFilters(options, options.preset));
}

async function* controlMap(
  path: string,
  options: ControlMapOptions,
  filters: string[],
): AsyncGenerator<Uint8Array> {
  const { type } = await identify(path);
  if (!isVideo(type)) throw unreadable('The video is not MP4, WebM, AVI or MOV.');
  yield* framesOf(path, decodeVideoPlan(type, options, filters), options);
}

/** Edges are found on brightness alone, at the size of the output. */
export function edgeFilters(preset: Preset = 'medium'): string[] {
  const [low, high] = EDGE_THRESHOLDS[preset];
  return ['format=gray', `edgedetect=low=${low}:high=${high}:mode=wires`];
}

export function blurFilters(
  { width, height }: { width: number; height: number },
  preset: Preset = 'medium',
): string[] {
  const factor = BLUR_FACTORS[preset];
  const small = (side: number) => Math.max(1, Math.round(side / factor));
  const exact = 'accurate_rnd+bitexact';
  return [
    `scale=${small(width)}:${small(height)}:flags=area+${exact}`,
    `scale=${width}:${height}:flags=bicubic+${exact}`,
  ];
}
