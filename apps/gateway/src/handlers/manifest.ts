import type { Profile } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';
import { knownProfiles } from './metadata.ts';

/** `GET /v1/manifest`: the profiles as a YAML text. */
export async function manifest(call: Call, gateway: Gateway): Promise<Reply> {
  const profiles = call.params.profile
    ? [await gateway.catalogue.need(call.params.profile)]
    : await knownProfiles(gateway);
  return json(200, { manifest_file: manifestYaml(profiles), repository_override: '' });
}

/** Every scalar is written as JSON, which YAML 1.2 reads. */
export function manifestYaml(profiles: readonly Profile[]): string {
  const scalar = (value: unknown) => JSON.stringify(value);
  const lines = profiles.flatMap(({ id, version, engine, tiers, modes, families, files }) => [
    `  - id: ${scalar(id)}`,
    '    tags:',
    `      version: ${scalar(version)}`,
    `      engine: ${scalar(engine)}`,
    `      families: ${scalar(families)}`,
    `      modes: ${scalar(modes)}`,
    `      tiers: ${scalar(tiers)}`,
    files.length > 0 ? '    workspace:' : '    workspace: []',
    ...files.map(
      ({ path, bytes, sha256 }) =>
        `      - { path: ${scalar(path)}, bytes: ${bytes}, sha256: ${scalar(sha256)} }`,
    ),
  ]);
  const head = ['schema_version: "1.0"', lines.length > 0 ? 'profiles:' : 'profiles: []'];
  return `${[...head, ...lines].join('\n')}\n`;
}
