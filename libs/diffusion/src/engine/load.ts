import { join } from 'node:path';
import type { Profile } from '@worldfarm/core';
import { ProfileError } from '../errors.ts';
import type { PartLoader, Pipeline } from '../pipelines/pipeline.ts';
import { readPipeline } from '../pipelines/registry.ts';
import { checkFiles } from '../profile/files.ts';
import { checkGraph } from '../profile/fit.ts';
import { opsetOf } from '../profile/opset.ts';
import { readProfile } from '../profile/read.ts';
import { openSession } from '../session/onnx.ts';
import { usableProviders } from '../session/providers.ts';
import { openVocabulary } from '../tokenizer/tokenizer.ts';
import type { EngineOptions } from './options.ts';
import type { LoadReport } from './protocol.ts';
import { warmUp } from './warm-up.ts';

/** The newest operator set that the pinned onnxruntime implements. */
export const NEWEST_OPSET = 25;

export interface LoadedProfile {
  readonly profile: Profile;
  readonly pipeline: Pipeline;
  readonly load: LoadReport;
}

const secondsSince = (began: number) => (performance.now() - began) / 1000;

/**
 * Validates a profile folder and opens its graphs. Blocks its thread for as long as the runtime needs.
 * @throws ProfileError with the file and the reason; EngineError when no execution provider of the options works here.
 */
export async function loadProfile(dir: string, options: EngineOptions): Promise<LoadedProfile> {
  const began = performance.now();
  const { providers, passedOver } = await usableProviders(options);
  const profile = await readProfile(dir);
  if (profile.engine !== 'onnx') {
    throw new ProfileError('profile.json', `engine: ${profile.engine} is not served by this library`);
  }
  const reader = readPipeline(profile);
  await checkFiles(dir, profile.files, options.digests ?? true);
  const digests = secondsSince(began);
  const components: Record<string, number> = {};

  const loader: PartLoader = {
    async component(name, spec, key = 'file') {
      const start = performance.now();
      const file = profile.components[name]?.[key];
      if (typeof file !== 'string')
        throw new ProfileError('profile.json', `components.${name}.${key}: is missing`);
      const path = join(dir, file);
      await refuseNewOpset(path, file);
      const session = await openSession(path, file, { ...options, providers }).catch((cause: unknown) => {
        throw new ProfileError(file, `cannot be loaded: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        });
      });
      checkGraph(session, spec);
      components[key === 'file' ? name : `${name}.${key}`] = secondsSince(start);
      return session;
    },
    vocabulary() {
      const file = profile.tokenizer?.file;
      if (file === undefined) throw new ProfileError('profile.json', 'tokenizer: is missing');
      return openVocabulary(join(dir, file), file);
    },
  };
  const pipeline = await reader.open(loader);
  let warm: number | undefined;
  if (options.warmUp ?? providers.some((name) => name !== 'cpu')) {
    const start = performance.now();
    await warmUp({ profile, pipeline });
    warm = secondsSince(start);
  }
  const load = {
    seconds: secondsSince(began),
    providers,
    passedOver,
    digests,
    components,
    ...(warm !== undefined && { warmUp: warm }),
  };
  return { profile, pipeline, load };
}

async function refuseNewOpset(path: string, file: string): Promise<void> {
  const opset = await opsetOf(path).catch((cause: Error) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ProfileError(file, missing ? 'the file is missing' : cause.message, { cause });
  });
  if (opset > NEWEST_OPSET) {
    throw new ProfileError(file, `asks for operator set ${opset}; this runtime has up to ${NEWEST_OPSET}`);
  }
}
