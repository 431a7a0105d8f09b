import type { Profile } from '@worldfarm/core';
import type { Gateway } from '../gateway.ts';
import { json, type Call, type Reply } from '../http/call.ts';
import { VERSION } from '../version.ts';
import { licenseInfo } from './license.ts';

/** `GET /v1/metadata`: what NIM clients look at before they infer, and what each profile can do. */
export async function metadata(call: Call, gateway: Gateway): Promise<Reply> {
  const { catalogue, config } = gateway;
  const selected = call.params.profile
    ? await catalogue.need(call.params.profile)
    : await catalogue.fallback();
  const profiles = call.params.profile ? [selected] : await knownProfiles(gateway);
  const { content: _, ...licenseInfoBody } = licenseInfo(gateway);
  return json(200, {
    version: VERSION.release,
    assetInfo: [],
    licenseInfo: licenseInfoBody,
    modelInfo: profiles.map((profile) => ({
      shortName: `${profile.id}:${profile.version}`,
      modelUrl: profile.url ?? `/profiles/${profile.id}`,
    })),
    repository_override: '',
    selectedModelProfileId: selected.id,
    model_type: 'generator',
    inference_endpoint: '/v1/infer',
    model_variant: selected.name,
    checkpoint: config.checkpoint ?? null,
    native: selected.native ?? null,
    guardrails: {
      text: gateway.prompts.guards.map(({ name }) => name),
      /** profiles whose frames are looked at before they are published */
      frames: profiles.filter(({ frame_guard }) => frame_guard).map(({ id }) => id),
    },
    prompt_upsampling: gateway.prompts.upsampler !== undefined,
    profiles: profiles.map(profileView),
  });
}

/** The announced ones too while Redis answers, else the folder's. */
export async function knownProfiles({ catalogue }: Pick<Gateway, 'catalogue'>): Promise<readonly Profile[]> {
  return catalogue.list().catch(() => catalogue.configured);
}

function profileView({
  id,
  name,
  version,
  description,
  notice,
  families,
  modes,
  controls,
  tiers,
  native,
  engine,
}: Profile) {
  return { id, name, version, description, notice, families, modes, controls, tiers, native, engine };
}
