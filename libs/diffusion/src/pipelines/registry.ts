import type { Profile } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';
import { cosmos3 } from './cosmos3/kind.ts';
import { latentFlow } from './latent-flow/kind.ts';
import type { PipelineKind, ReadPipeline } from './pipeline.ts';
import { predict1 } from './predict1/kind.ts';
import { predict2 } from './predict2/kind.ts';
import { predict25 } from './predict25/kind.ts';
import { transfer25 } from './transfer25/kind.ts';

/** Every pipeline by the name that `pipeline.type` of a profile gives it. */
const PIPELINES: Readonly<Record<string, PipelineKind>> = {
  'latent-flow': latentFlow,
  'predict1-text2world': predict1,
  'predict1-video2world': predict1,
  'predict2-video2world': predict2,
  'predict2.5': predict25,
  'transfer2.5': transfer25,
  cosmos3,
};

/** @throws ProfileError when no pipeline has the profile's `pipeline.type`, or its settings do not parse. */
export function readPipeline(profile: Profile): ReadPipeline {
  const type = profile.pipeline?.type;
  if (type === undefined)
    throw new ProfileError('profile.json', 'pipeline: is missing, the onnx engine needs it');
  const kind = PIPELINES[type];
  if (!kind) {
    throw new ProfileError(
      'profile.json',
      `pipeline.type: ${type} is not one of ${Object.keys(PIPELINES).join(', ')}`,
    );
  }
  return kind(profile);
}
