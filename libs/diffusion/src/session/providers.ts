import * as ort from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import { runtimeOptions } from './options.ts';
import type { SessionOptions } from './session.ts';
import { unaryGraph } from './tiny-graph.ts';

/** Execution providers that onnxruntime has a name for on some platform. */
export const PROVIDERS = ['cpu', 'cuda', 'tensorrt', 'coreml', 'webgpu', 'dml'] as const;

export interface UsableProviders {
  /** Those that work here, in the order asked for. */
  readonly providers: readonly string[];
  /** Those that do not, and what the runtime said. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
}

/** A runtime's message without its source lines and its own file names. */
function reasonOf(error: unknown): string {
  const [first = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return first.replace(/^.*was false\. /, '').slice(0, 200);
}

/** Opens a graph of one node: a provider's libraries and device show themselves then, and not before. */
async function probe(name: string, options: SessionOptions): Promise<string | undefined> {
  if (name === 'cpu') return undefined;
  if (!ort.listSupportedBackends().some((backend) => backend.name === name)) {
    return 'this package of onnxruntime does not have it';
  }
  try {
    const session = await ort.InferenceSession.create(
      unaryGraph('Neg', 'float32'),
      runtimeOptions({ ...options, providers: [name] }),
    );
    await session.release();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * The execution providers of the options that work on this machine. onnxruntime-node itself fails when the first of a
 * list lacks its library or its device, although a later one would do.
 * @throws EngineError for a name that onnxruntime does not have anywhere, or when none of them works
 */
export async function usableProviders(options: SessionOptions): Promise<UsableProviders> {
  const { providers = ['cpu'] } = options;
  const unknown = providers.find((name) => !(PROVIDERS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new EngineError(`there is no execution provider ${unknown}, only ${PROVIDERS.join(', ')}`);
  }
  const usable: string[] = [];
  const passedOver: { name: string; reason: string }[] = [];
  for (const name of providers) {
    const reason = await probe(name, options);
    if (reason === undefined) usable.push(name);
    else passedOver.push({ name, reason });
  }
  if (usable.length === 0) {
    const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`);
    throw new EngineError(`no execution provider can be used here; ${reasons.join('; ')}`);
  }
  return { providers: usable, passedOver };
}
