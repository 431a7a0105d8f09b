import type { Plan } from '../ffmpeg/plan.ts';
import { QUIET } from '../ffmpeg/plan.ts';
import type { Size } from '../formats/image-size.ts';
import { scaleFilter } from '../frames/filters.ts';
import { type Rate, rateText } from '../frames/rate.ts';
import { jpegOutput, jpegScale } from '../stills/jpeg.ts';
import { CODECS, type Container, type pickEncoder, type Quality, type VideoCodec } from './codecs.ts';

export interface EncodeSettings {
  frameSize: Size;
  size: Size;
  rate: Rate;
  codec: VideoCodec;
  container: Container;
  quality: Quality;
  encoder: NonNullable<ReturnType<typeof pickEncoder>>;
  timeoutMs: number;
  still?: Still;
}

/** A JPEG of one frame, written beside the video; `frame` counts from 0. */
export interface Still {
  path: string;
  frame: number;
}

const STILL_WIDTH = 320;

/** The run that takes RGB24 frames from stdin. The same frames and settings give the same bytes. */
export function encodePlan(settings: EncodeSettings): Plan {
  const { frameSize, size, rate, codec, container, quality, encoder, timeoutMs } = settings;
  const { pixelFormat } = CODECS[codec];
  const isRgb = pixelFormat === 'rgb24';
  return {
    input: [
      ...QUIET,
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24'],
      ...['-s:v', `${frameSize.width}x${frameSize.height}`],
      ...['-framerate', rateText(rate)],
    ],
    output: [
      ...['-vf', isRgb ? scaleFilter(size) : scaleFilter(size, ':out_color_matrix=bt709:out_range=tv')],
      ...['-c:v', encoder.name, ...encoder.options(quality), '-pix_fmt', pixelFormat],
      ...(isRgb ? [] : BT709),
      // Neither the date nor the version of the muxer gets into the file.
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact'],
      ...(container === 'mp4' ? ['-movflags', '+faststart'] : []),
      ...['-f', container],
    ],
    ...(settings.still && {
      beside: { path: settings.still.path, output: stillOutput(settings.still, size) },
    }),
    failure: { type: 'render_failed', message: 'The video could not be encoded.' },
    timeoutMs,
  };
}

function stillOutput({ frame }: Still, { width }: Size): string[] {
  const filters = [`select='eq(n,${frame})'`, jpegScale(Math.min(width, STILL_WIDTH))];
  return ['-vf', filters.join(','), '-fps_mode', 'passthrough', '-frames:v', '1', ...jpegOutput(7)];
}

/** Said aloud, since players guess the colours of unmarked video by its height. */
const BT709 = [
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
];
