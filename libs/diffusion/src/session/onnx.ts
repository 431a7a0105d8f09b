import * as ort from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import { optimizedGraph } from './cache.ts';
import { runtimeOptions } from './options.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Feed, Opaque, Session, SessionOptions, ValueInfo } from './session.ts';
import { bitsOf, fromBuffer, toBuffer } from './values.ts';

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
 * The runtime's tensor class turns half-precision bits into a Float16Array wherever the language has one, and its own
 * native part then finds no bytes in it. It does take a plain object with the bits.
 */
function runtimeTensor(type: string, data: unknown, dims: readonly number[]): ort.Tensor {
  if (type === 'float16') return { type, data, dims, location: 'cpu' } as unknown as ort.Tensor;
  return new ort.Tensor(type as 'float32', data as Float32Array, dims);
}

/** A result in a form that can be fed. */
function again(value: ort.Tensor): ort.Tensor {
  const { data } = value;
  return data instanceof Float16Array ? runtimeTensor('float16', bitsOf(data), value.dims) : value;
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
          ? again(feed.opaque as ort.Tensor)
          : runtimeTensor(type, toBuffer(feed, type), feed.dims);
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
