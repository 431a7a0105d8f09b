import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';
import { knownProfiles } from './metadata.ts';

/** `GET /v1/models`, in the form of OpenAI's list. */
export async function models(call: Call, gateway: Gateway): Promise<Reply> {
  const profiles = call.params.profile
    ? [await gateway.catalogue.need(call.params.profile)]
    : await knownProfiles(gateway);
  return json(200, {
    object: 'list',
    data: profiles.map(({ id, name, version, modes, tiers, families }) => ({
      id,
      object: 'model',
      created: 0,
      owned_by: 'worldfarm',
      name,
      version,
      families,
      modes,
      tiers,
    })),
  });
}
