import type { SavedTensors } from '../schedulers/scheduler.ts';
import { count, type Tensor, tensor } from '../tensor/tensor.ts';

/** An unfinished render: finished windows, and the window on the way after `step` of its steps. */
export interface Checkpoint {
  readonly finished: readonly Tensor[];
  readonly step: number;
  readonly current: SavedTensors;
}

const MAGIC = 0x57464331; // "WFC1"

interface Header {
  readonly fingerprint: string;
  readonly step: number;
  readonly finished: readonly (readonly number[])[];
  readonly current: readonly (readonly [name: string, dims: readonly number[]])[];
}

/**
 * Magic, header length (both uint32), header as JSON, then the tensors' float32 values, all little-endian. Noise is a
 * function of seed and position, so no generator state is needed.
 */
export function encodeCheckpoint(checkpoint: Checkpoint, fingerprint: string): Uint8Array<ArrayBuffer> {
  const tensors = [...checkpoint.finished, ...Object.values(checkpoint.current)];
  const header: Header = {
    fingerprint,
    step: checkpoint.step,
    finished: checkpoint.finished.map((x) => x.dims),
    current: Object.entries(checkpoint.current).map(([name, x]) => [name, x.dims]),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + tensors.reduce((sum, x) => sum + x.data.byteLength, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, json.length, true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The checkpoint, or undefined when it is broken or belongs to another render. */
export function decodeCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint | undefined {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, true) !== MAGIC) return undefined;
    const length = view.getUint32(4, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
    if (header.fingerprint !== fingerprint) return undefined;
    let at = 8 + length;
    const take = (dims: readonly number[]) => {
      const size = count(dims) * 4;
      if (at + size > bytes.length) throw new RangeError('the checkpoint ends too early');
      const data = new Float32Array(bytes.slice(at, at + size).buffer);
      at += size;
      return tensor(dims, data);
    };
    const finished = header.finished.map(take);
    const current = Object.fromEntries(header.current.map(([name, dims]) => [name, take(dims)]));
    return { finished, step: header.step, current };
  } catch {
    return undefined;
  }
}
