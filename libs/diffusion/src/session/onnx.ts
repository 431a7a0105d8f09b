import * as ort from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import { optimizedGraph } from './cache.ts';
import { runtimeOptions } from './options.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Feed, Opaque, Session, SessionOptions, ValueInfo } from './session.ts';
import { fromBuffer, toBuffer } from './values.ts';

/** Words of a runtime message that mean the device, not the graph or its inputs, is at fault. */
const DEVICE_WORDS = /cuda|cudnn|cublas|tensorrt|device|out of memory|bad_alloc|failed to allocate/i;

function infos(metadata: readonly ort.InferenceSession.ValueMetadata[]): Map<string, ValueInfo> {
  return new Map(
    metadata.map((value) => [
      value.name,
      value.isTensor
        ? { name: value.name, type: value.type, shape: value.shape }
        : { name: value.name, type: 'sequence', shape: [] },
    ]),
  );
}

/**
 * Loads a graph from its path, so that weights in files beside it are found and over 2 GB is possible.
 * Blocks the thread; belongs in the engine's worker thread. Rejects with the runtime's own error.
 */
export async function openSession(path: string, file: string, options: SessionOptions): Promise<Session> {
  const optimized = await optimizedGraph(path, options);
  const session = await ort.InferenceSession.create(
    optimized?.read ?? path,
    runtimeOptions(options, optimized && { read: optimized.read !== undefined, write: optimized.write }),
  );
  await optimized?.commit();
  const inputs = infos(session.inputMetadata);
  let milliseconds = 0;

  async function compute(feeds: Readonly<Record<string, Feed>>): Promise<ort.InferenceSession.ReturnType> {
    const values: Record<string, ort.Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) {
      const type = inputs.get(name)?.type;
      if (type === undefined) continue;
      values[name] =
        'opaque' in feed
          ? (feed.opaque as ort.Tensor)
          : new ort.Tensor(type as 'float32', toBuffer(feed, type) as Float32Array, feed.dims);
    }
    const began = performance.now();
    try {
      return await session.run(values);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new EngineError(`${file}: ${message}`, { cause, deviceFault: DEVICE_WORDS.test(message) });
    } finally {
      milliseconds += performance.now() - began;
    }
  }

  const runKeeping: Session['runKeeping'] = async (feeds, keep) => {
    const tensors: Record<string, Tensor> = {};
    const kept: Record<string, Opaque> = {};
    for (const [name, value] of Object.entries(await compute(feeds))) {
      if (keep(name)) kept[name] = { opaque: value };
      else tensors[name] = fromBuffer(value.data, value.type, value.dims);
    }
    return { tensors, kept };
  };

  return {
    file,
    inputs,
    outputs: infos(session.outputMetadata),
    runKeeping,
    run: async (feeds) => (await runKeeping(feeds, () => false)).tensors,
    get seconds() {
      return milliseconds / 1000;
    },
    release: () => session.release(),
  };
}

/** Execution providers that this build of the runtime has. */
export function availableProviders(): { name: string; bundled: boolean }[] {
  return ort.listSupportedBackends().map(({ name, bundled }) => ({ name, bundled }));
}
