export * from './errors.ts';
export * from './modes.ts';
export * from './profile.ts';
export * from './tiers.ts';
