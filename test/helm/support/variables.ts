import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './helm.ts';

/** The variables that a configuration reads: the keys of its shape, as they stand in the source. */
export async function variablesOf(...sources: string[]): Promise<Set<string>> {
  const texts = await Promise.all(sources.map((source) => readFile(join(ROOT, source), 'utf8')));
  const names = texts.flatMap((text) => {
    const shapes = [...text.matchAll(/(?:const \w*[sS]hape)(?::[^=]+)? = \{([\s\S]*?)\n\}/g)];
    return shapes.flatMap(([, body = '']) =>
      [...body.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name!),
    );
  });
  if (names.length === 0) throw new Error(`no variable was found in ${sources.join(', ')}`);
  return new Set(names);
}

/** What every service reads. */
const SHARED = ['libs/service/src/tracing/config.ts'];

/** Where each program that the chart starts reads its variables. */
export const CONFIGURATIONS: Record<string, { values?: string; sources: string[] }> = {
  'apps/gateway/src/main.ts': {
    values: 'gateway',
    sources: ['apps/gateway/src/config.ts', 'apps/gateway/src/housekeeping/config.ts', ...SHARED],
  },
  'apps/courier/src/main.ts': { values: 'courier', sources: ['apps/courier/src/config.ts', ...SHARED] },
  'apps/batcher/src/main.ts': { values: 'batcher', sources: ['apps/batcher/src/config.ts', ...SHARED] },
  'apps/worker/src/main.ts': { values: 'workers', sources: ['apps/worker/src/config.ts', ...SHARED] },
  'infra/docker/model/main.ts': { sources: ['infra/docker/model/config.ts'] },
  'infra/docker/deletion-cost/main.ts': { sources: ['infra/docker/deletion-cost/config.ts'] },
};

/** Read by Node and by the S3 SDK rather than by a config.ts. */
export const READ_BY_LIBRARIES: ReadonlySet<string> = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'NODE_EXTRA_CA_CERTS',
  /** only there to be expanded into REDIS_URL */
  'REDIS_PASSWORD',
]);

/** Variables that a chart has no use for, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  WORLDFARM_DATA: 'a folder of one machine; the chart sets WORLDFARM_STORE',
  NIM_LOGGING_JSONL: 'another name of NIM_JSONL_LOGGING, which the chart sets',
  NIM_MODEL_PROFILE:
    'another name of what the chart sets as WORLDFARM_DEFAULT_PROFILE and WORLDFARM_WORKER_PROFILES',
  NIM_MODEL_PATH: 'another name of NIM_FT_CHECKPOINT',
  NIM_CACHE_PATH: 'another name of WORLDFARM_CACHE, which the chart sets',
  OTEL_SDK_DISABLED: 'without tracing.endpoint there are no traces',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces are all that is sent: OTEL_EXPORTER_OTLP_ENDPOINT is theirs',
  OTEL_TRACES_EXPORTER: 'the chart sends OTLP',
  OTEL_SERVICE_NAME: 'each program has its own',
  WORLDFARM_DEVICE_ID: 'a container sees only its own GPUs',
};
