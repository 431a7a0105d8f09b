import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { unreadable, untrustedProbe } from './ffmpeg/untrusted.ts';
import { runProbe } from './ffmpeg/run.ts';
import { parseRate, type Rate } from './frames/rate.ts';
import { type MediaType, sniff, SNIFF_BYTES } from './formats/sniff.ts';

/** What a media file says of its first picture track. */
export interface MediaInfo {
  type: MediaType;
  /** ffprobe's name: `h264`, `vp9`, `png`. */
  codec: string;
  /** As shown, after any turn that the file asks for. */
  width: number;
  height: number;
  /** Counted, not claimed. */
  frames: number;
  /** Frames per second, average. */
  fps: number;
  rate: Rate;
  seconds: number;
  /** ffmpeg's name: `yuv420p`. */
  pixelFormat: string;
  bytes: number;
}

/** Reads what a video or picture is. Throws `unreadable_media` for anything else. */
export async function probe(path: string, signal?: AbortSignal): Promise<MediaInfo> {
  const { type, bytes } = await identify(path);
  const options = [...untrustedProbe(type), '-count_packets', '-select_streams', 'v:0'];
  const { streams, format } = await runProbe(options, resolve(path), signal);
  const [video] = streams;
  const rate = parseRate(video?.avg_frame_rate) ?? parseRate(video?.r_frame_rate);
  if (!video?.codec_name || !video.width || !video.height || !rate) {
    throw unreadable('The media file has no pictures in it.');
  }
  const turned = Math.abs(Number(video.rotation ?? 0)) % 180 === 90;
  const frames = Number(video.nb_read_packets) || 0;
  const fps = rate.num / rate.den;
  return {
    type,
    codec: video.codec_name,
    width: turned ? video.height : video.width,
    height: turned ? video.width : video.height,
    frames,
    fps,
    rate,
    seconds: Number(video.duration) || Number(format.duration) || frames / fps,
    pixelFormat: String(video.pix_fmt ?? 'unknown'),
    bytes,
  };
}

/** A file's type by its first bytes, and its length. Throws `unreadable_media` for a type we do not take. */
export async function identify(path: string): Promise<{ type: MediaType; bytes: number }> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(new Uint8Array(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
  const type = sniff(buffer.subarray(0, bytesRead));
  if (!type) throw unreadable('The media is not JPEG, PNG, WebP, MP4, WebM, AVI or MOV.');
  return { type, bytes: (await file.stat()).size };
}
