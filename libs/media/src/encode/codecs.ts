export type VideoCodec = 'h264' | 'vp9' | 'av1' | 'lossless';
export type Container = 'mp4' | 'webm';
/** 1 (smallest) to 9 (best), as `NIM_VIDEO_SAVE_QUALITY` counts. */
export type Quality = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

interface Encoder {
  name: string;
  options(quality: Quality): string[];
}

interface Codec {
  containers: readonly Container[];
  pixelFormat: string;
  /** ffprobe's name of the result. */
  stored: string;
  /** Best first; the first that this ffmpeg has is taken. */
  encoders: readonly Encoder[];
}

/**
 * Threads are a constant: their number changes how x264 and libvpx split a frame's work, and so the bytes.
 * Rates fall evenly over the qualities, with 5 at about what the encoder's authors call a good default.
 */
const THREADS = ['-threads', '4'];

export const CODECS: Readonly<Record<VideoCodec, Codec>> = {
  h264: {
    containers: ['mp4'],
    pixelFormat: 'yuv420p',
    stored: 'h264',
    encoders: [
      { name: 'libx264', options: (q) => ['-preset', 'fast', '-crf', `${38 - 3 * q}`, ...THREADS] },
      { name: 'libopenh264', options: (q) => ['-rc_mode', 'quality', '-qmax', `${45 - 3 * q}`, ...THREADS] },
    ],
  },
  vp9: {
    containers: ['mp4', 'webm'],
    pixelFormat: 'yuv420p',
    stored: 'vp9',
    encoders: [
      {
        name: 'libvpx-vp9',
        options: (q) => [
          '-deadline',
          'good',
          '-cpu-used',
          '5',
          '-tile-columns',
          '2',
          '-b:v',
          '0',
          '-crf',
          `${56 - 5 * q}`,
          ...THREADS,
        ],
      },
    ],
  },
  av1: {
    containers: ['mp4', 'webm'],
    pixelFormat: 'yuv420p',
    stored: 'av1',
    encoders: [
      { name: 'libsvtav1', options: (q) => ['-preset', '8', '-crf', `${60 - 5 * q}`, ...THREADS] },
      {
        name: 'libaom-av1',
        options: (q) => ['-cpu-used', '6', '-b:v', '0', '-crf', `${60 - 5 * q}`, '-row-mt', '1', ...THREADS],
      },
    ],
  },
  /** RGB as it was rendered, bit for bit, at many times the size. */
  lossless: {
    containers: ['mp4'],
    pixelFormat: 'rgb24',
    stored: 'h264',
    encoders: [{ name: 'libx264rgb', options: () => ['-preset', 'fast', '-qp', '0', ...THREADS] }],
  },
};

export function pickEncoder(codec: VideoCodec, available: readonly string[]): Encoder | undefined {
  return CODECS[codec].encoders.find(({ name }) => available.includes(name));
}
