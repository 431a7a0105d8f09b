import { FarmError } from '@worldfarm/core';
import type { MediaType } from '../formats/sniff.ts';
import { QUIET } from './plan.ts';

/** 64 megapixels: more than a picture that is to be one frame needs. */
export const MAX_PIXELS = 64_000_000;
/** ffmpeg's own check, behind ours, counts the padding of each row too. */
const MAX_PADDED_PIXELS = 80_000_000;
const MAX_BLOCK_BYTES = 512 * 1024 * 1024;
const ADDRESS_SPACE_KIB = 3 * 1024 * 1024;
const CPU_SECONDS = 300;
/** Wall clock for one untrusted file. */
export const DECODE_TIMEOUT_MS = 120_000;

interface Demuxer {
  name: string;
  decoders: string;
}

const VIDEO_DECODERS = 'h264,hevc,vp8,vp9,av1,libdav1d,libaom-av1,mpeg4,mjpeg,prores,ffv1,rawvideo,png';

/** The one demuxer that may read a type, and the decoders that it may lead to. */
const DEMUXERS: Readonly<Record<MediaType, Demuxer>> = {
  'image/jpeg': { name: 'jpeg_pipe', decoders: 'mjpeg' },
  'image/png': { name: 'png_pipe', decoders: 'png' },
  'image/webp': { name: 'webp_pipe', decoders: 'webp' },
  'video/mp4': { name: 'mov', decoders: VIDEO_DECODERS },
  'video/quicktime': { name: 'mov', decoders: VIDEO_DECODERS },
  'video/webm': { name: 'matroska', decoders: VIDEO_DECODERS },
  'video/x-msvideo': { name: 'avi', decoders: VIDEO_DECODERS },
};

/**
 * What a file's own bytes may make ffmpeg do: run the demuxer of its type and no other, so that a playlist,
 * a subtitle or an SVG inside it opens nothing; read that one file or pipe and no network.
 */
function fences(type: MediaType, protocol: 'file' | 'pipe'): string[] {
  const { name } = DEMUXERS[type];
  return [
    ...['-max_alloc', `${MAX_BLOCK_BYTES}`],
    ...['-protocol_whitelist', protocol],
    ...['-format_whitelist', name],
    ...['-f', name],
  ];
}

/** Input options for ffmpeg over media that somebody sent. */
export function untrustedInput(type: MediaType, protocol: 'file' | 'pipe'): string[] {
  return [
    ...['-limits', `${ADDRESS_SPACE_KIB}:${CPU_SECONDS}`],
    ...QUIET,
    ...['-threads', '2'],
    ...['-max_pixels', `${MAX_PADDED_PIXELS}`],
    ...['-codec_whitelist', DEMUXERS[type].decoders],
    ...fences(type, protocol),
  ];
}

/** Options for ffprobe over media that somebody sent. No codec list: ffprobe would stop at the sound. */
export function untrustedProbe(type: MediaType): string[] {
  return ['-loglevel', 'error', ...fences(type, 'file')];
}

export function unreadable(what: string, cause?: unknown): FarmError {
  return new FarmError('unreadable_media', what, { cause });
}
