import { type Profile, profileSchema } from '@worldfarm/core';

/** A profile that serves everything, unless a test says otherwise. */
export function aProfile(over: Partial<Profile> = {}): Profile {
  return profileSchema.parse({
    schema: 1,
    id: 'kernel-world',
    name: 'Test World',
    version: '1.0.0',
    description: 'for tests',
    families: ['cosmos3-generator', 'predict1', 'predict2.5', 'transfer2.5', 'cosmos3'],
    modes: ['text2video', 'image2video', 'video2video', 'transfer', 'text2image'],
    controls: ['edge', 'blur', 'depth', 'seg', 'wsm'],
    tiers: ['256', '480', '720'],
    engine: 'null',
    native: { sizes: [{ width: 320, height: 192 }], frames: 25, fps: 24 },
    ...over,
  });
}
