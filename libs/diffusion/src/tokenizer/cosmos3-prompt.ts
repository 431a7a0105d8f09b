/** What a Cosmos3 prompt is told about the clip. */
export interface ClipFacts {
  readonly frames: number;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
}

/** Decimal text with halves rounded to even, as Python formats numbers; `toFixed` rounds them up. */
export function fixed(value: number, digits: 0 | 1): string {
  // Only multiples of 1/2 or 1/4 can lie exactly between two decimals of that length.
  const halves = value * (digits === 0 ? 2 : 4);
  const tie = Number.isInteger(halves) && halves % 2 !== 0;
  if (!tie) return value.toFixed(digits);
  const scaled = Math.floor(value * 10 ** digits);
  return ((scaled % 2 === 0 ? scaled : scaled + 1) / 10 ** digits).toFixed(digits);
}

function append(base: string, addition: string): string {
  const text = base.replace(/\.+$/, '');
  return text === '' ? addition : `${text}. ${addition}`;
}

/**
 * The sentences on length and size that Cosmos3 was trained with; the negative prompt gets them negated.
 * Source: diffusers `pipeline_cosmos3_omni.py`, tokenize_prompt.
 */
export function describeClip(
  prompt: string,
  clip: ClipFacts,
  parts: { readonly duration: boolean; readonly resolution: boolean },
  negative: boolean,
): string {
  const is = negative ? 'is not' : 'is';
  const still = clip.frames === 1;
  const seconds = fixed(clip.frames / clip.fps, 1);
  const length = `The video ${is} ${seconds} seconds long and ${is} of ${fixed(clip.fps, 0)} FPS.`;
  const size = `This ${still ? 'image' : 'video'} ${is} of ${clip.height}x${clip.width} resolution.`;
  const timed = !still && parts.duration ? append(prompt, length) : prompt;
  return parts.resolution ? append(timed, size) : timed;
}
