/** A rectangle of pixels as RGB24. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export type Colour = 'red' | 'green' | 'blue' | 'yellow' | 'white' | 'black';

/** Hue sectors in degrees, for pixels that are neither grey nor dark. */
const HUES: Record<'red' | 'yellow' | 'green' | 'blue', readonly [number, number]> = {
  red: [340, 20],
  yellow: [40, 70],
  green: [80, 165],
  blue: [190, 260],
};

/** What a person would call a pixel; undefined between the names. */
export function nameColour(r: number, g: number, b: number): Colour | undefined {
  const high = Math.max(r, g, b);
  const spread = high - Math.min(r, g, b);
  if (high < 50) return 'black';
  if (spread < 40) return high > 200 ? 'white' : undefined;
  const sector =
    high === r ? ((g - b) / spread) % 6 : high === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  const hue = (sector * 60 + 360) % 360;
  const names = Object.keys(HUES) as (keyof typeof HUES)[];
  return names.find((name) => {
    const [from, to] = HUES[name];
    return from < to ? hue >= from && hue <= to : hue >= from || hue <= to;
  });
}

export interface ColourReport {
  /** share of the picture, 0 to 1 */
  readonly share: number;
  /** centre of these pixels, 0 to 1 across and down */
  readonly x: number;
  readonly y: number;
}

/** How much of a picture has a colour, and where it is. */
export function findColour({ width, height, rgb }: Picture, colour: Colour): ColourReport {
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < width * height; i++) {
    if (nameColour(rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!) !== colour) continue;
    count++;
    sumX += i % width;
    sumY += Math.floor(i / width);
  }
  return { share: count / (width * height), x: sumX / count / width, y: sumY / count / height };
}
