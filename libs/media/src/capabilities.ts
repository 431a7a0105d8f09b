import { CODECS, pickEncoder, type VideoCodec } from './encode/codecs.ts';
import { encoderNames } from './ffmpeg/encoders.ts';
import { ffmpegVersion } from './ffmpeg/version.ts';

/** What the ffmpeg of this machine can do for the farm. */
export interface MediaCapabilities {
  /** As ffmpeg tells it: `5.1.9-0+deb12u1`. */
  version: string;
  /** Older ones lack `-fps_mode`, which we use. */
  isRecentEnough: boolean;
  /** The encoder that serves each codec; undefined where ffmpeg was built without any. */
  encoders: Record<VideoCodec, string | undefined>;
}

/** Looks at ffmpeg. Throws `dependency_unavailable` when it does not run. */
export async function mediaCapabilities(): Promise<MediaCapabilities> {
  const [version, available] = await Promise.all([ffmpegVersion(), encoderNames()]);
  const codecs = Object.keys(CODECS) as VideoCodec[];
  const chosen = codecs.map((codec) => [codec, pickEncoder(codec, available)?.name] as const);
  return {
    version,
    isRecentEnough: isRecentEnough(version),
    encoders: Object.fromEntries(chosen) as MediaCapabilities['encoders'],
  };
}

/** From 5.1 on; builds from the development branch (`N-112233-g...`) count as new. */
export function isRecentEnough(version: string): boolean {
  const [, major = '', minor = ''] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === '') return version.startsWith('N-') || /^\d{4}-\d\d/.test(version);
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 1);
}
