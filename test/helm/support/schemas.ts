import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, type Manifest, ROOT } from './helm.ts';

/** npm packages with the schemas of each API group, as validators and as types. */
const PACKAGES: readonly [group: RegExp, package_: string][] = [
  [/^keda\.sh\//, '@kubernetes-models/keda'],
  [/^monitoring\.coreos\.com\//, '@kubernetes-models/prometheus-operator'],
  [/^gateway\.networking\.k8s\.io\//, '@kubernetes-models/gateway-api'],
  [/./, 'kubernetes-models'],
];

interface Model {
  validate(): void;
}

function moduleOf({ apiVersion }: Manifest): string {
  const [, package_] = PACKAGES.find(([group]) => group.test(apiVersion))!;
  return `${package_}/${apiVersion}`;
}

/** @throws when the object breaks its schema, or nobody knows its kind */
export async function validate(manifest: Manifest): Promise<void> {
  const models = (await import(moduleOf(manifest))) as Record<string, new (data: unknown) => Model>;
  const Kind = models[manifest.kind];
  if (!Kind) throw new Error(`${manifest.apiVersion} has no ${manifest.kind}`);
  new Kind(manifest).validate();
}

/**
 * Fields that no schema knows. The validators let them pass, as an API server without strict checks does; TypeScript
 * does not, so the objects are compiled as literals of their types, all in one go.
 */
export async function unknownFields(manifests: readonly Manifest[]): Promise<string[]> {
  const unique = new Map(manifests.map((each) => [digest(each), each]));
  const lines = [...unique.values()].map((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const m${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const folder = join(CACHE, `manifests-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, 'manifests.ts'), lines.join('\n'));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout } = await promisify(execFile)(tsc, ['-p', folder], { maxBuffer: 16 << 20 }).catch(
      (error: { stdout: string }) => error,
    );
    return stdout.split('\n').filter((line) => line.includes('error'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    target: 'ES2024',
  },
  include: ['manifests.ts'],
};

const digest = (manifest: Manifest) => createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
