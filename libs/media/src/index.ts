export { type MediaCapabilities, mediaCapabilities } from './capabilities.ts';
export { blurMap, type ControlMapOptions, edgeMap } from './control/maps.ts';
export type { Preset } from './control/presets.ts';
export { type DecodeImageOptions, decodeImage } from './decode/image.ts';
export { collectFrames, type DecodeVideoOptions, decodeVideo } from './decode/video.ts';
export type { Container, Quality, VideoCodec } from './encode/codecs.ts';
export { type EncodedVideo, type EncodeVideoOptions, encodeVideo } from './encode/video.ts';
export { readImageSize, type Size } from './formats/image-size.ts';
export {
  type ImageType,
  isImage,
  isVideo,
  type MediaType,
  SNIFF_BYTES,
  sniff,
  type VideoType,
} from './formats/sniff.ts';
export { frameBytes } from './frames/chunk.ts';
export { parseRate, type Rate, rateText, toRate } from './frames/rate.ts';
export { identify, type MediaInfo, probe } from './probe.ts';
export { type EncodeJpegOptions, encodeJpeg } from './stills/jpeg.ts';
export { type SpritesheetOptions, spritesheet } from './stills/spritesheet.ts';
export { type ThumbnailOptions, thumbnail } from './stills/thumbnail.ts';
