import { discriminateFamily, type Family, type Profile, type RequestedPlan } from '@worldfarm/core';

/**
 * Finds the dialect of a body. A profile that was named settles it when it speaks one dialect only; among
 * several, the body's fields decide.
 *
 * @param named the profile was named by path, query, header or body, rather than fallen back to
 */
export function chooseFamily(
  body: Readonly<Record<string, unknown>>,
  { families }: Pick<Profile, 'families'>,
  { named, defaultFamily }: { named: boolean; defaultFamily: Family },
): Family {
  const [only] = families;
  if (named && families.length === 1) return only!;
  const usual = families.includes(defaultFamily) ? defaultFamily : only!;
  return discriminateFamily(body, usual);
}

/** What a caller should know who asks for more than the model was made for. */
export function nativeNote(profile: Profile, plan: RequestedPlan): string[] {
  const native = profile.native;
  if (!native) return [];
  const size = native.sizes.some(({ width, height }) => width === plan.width && height === plan.height);
  if (size && plan.frames <= native.frames && plan.fps === native.fps) return [];
  const [{ width, height }] = native.sizes as [{ width: number; height: number }];
  return [
    `${profile.id} renders ${width}x${height}, ${native.frames} frames at ${native.fps} fps; ` +
      `${plan.width}x${plan.height}, ${plan.frames} frames at ${plan.fps} fps is made from that by continuing and scaling`,
  ];
}
