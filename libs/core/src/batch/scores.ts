/** Cheap measures of a clip, 0 to 1 where nothing else is said. They are kept as they are; filters come at export. */
export interface ClipScores {
  /** share of neighbouring frames that do not differ */
  readonly frozen: number;
  /** share of frames that are nearly black and even */
  readonly black: number;
  /** share of frames that are nearly white and even */
  readonly white: number;
  /** how much the mean brightness jumps back and forth */
  readonly flicker: number;
  /** mean change from frame to frame */
  readonly motion: number;
  /** variance of the Laplacian, of brightness 0 to 1 */
  readonly sharpness: number;
  /** perceptual hash, 48 hex digits: three frames of 64 bits */
  readonly phash: string;
}

export const SCORE_NAMES = ['frozen', 'black', 'white', 'flicker', 'motion', 'sharpness', 'phash'] as const;
