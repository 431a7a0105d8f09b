import type { Manifest } from './helm.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly restartPolicy?: string;
  readonly env?: readonly { name: string; value?: string; valueFrom?: object }[];
  // biome-ignore lint/suspicious/noExplicitAny: manifests are validated against their schemas elsewhere
  readonly [field: string]: any;
}

/** The pod that an object makes; undefined when it makes none. */
export function podOf(manifest: Manifest): Manifest['spec'] | undefined {
  return manifest.kind === 'Pod' ? manifest.spec : manifest.spec?.template?.spec;
}

export function containersOf(manifest: Manifest): readonly Container[] {
  const pod = podOf(manifest);
  return pod ? [...(pod.initContainers ?? []), ...pod.containers] : [];
}

/** Containers of our own images: the others are somebody else's programs. */
export function isOurs({ image }: Container): boolean {
  return /worldfarm\/(service|worker)/.test(image);
}

export function environmentOf(container: Container): Record<string, string> {
  return Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value ?? '']));
}
