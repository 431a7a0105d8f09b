import { type FileHandle, open } from 'node:fs/promises';

/** A cursor over protobuf fields that reads only what is asked, so that gigabytes of weights are skipped. */
class Fields {
  readonly #file: FileHandle;
  #at: number;
  readonly #end: number;

  constructor(file: FileHandle, at: number, end: number) {
    this.#file = file;
    this.#at = at;
    this.#end = end;
  }

  async varint(): Promise<number> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(10), 0, 10, this.#at);
    let value = 0;
    for (let i = 0; i < bytesRead; i++) {
      value += (buffer[i]! & 0x7f) * 2 ** (7 * i);
      if (buffer[i]! < 0x80) {
        this.#at += i + 1;
        return value;
      }
    }
    throw new Error('not an ONNX file');
  }

  /** The next field: its number, and its value when it is a number or a cursor when it is a message. */
  async next(): Promise<{ field: number; value: number; message?: Fields } | undefined> {
    if (this.#at >= this.#end) return undefined;
    const tag = await this.varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) return { field, value: await this.varint() };
    if (wire !== 2) throw new Error('not an ONNX file');
    const length = await this.varint();
    const message = new Fields(this.#file, this.#at, this.#at + length);
    this.#at += length;
    if (this.#at > this.#end) throw new Error('the file ends too early');
    return { field, value: length, message };
  }
}

/**
 * The version of the default operator set that an ONNX file asks for. Reads a few bytes whatever the size of the file.
 * Throws when it is no ONNX file. Field numbers: onnx/onnx.proto3, ModelProto 8 is opset_import, 1 its domain, 2 its version.
 */
export async function opsetOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    const model = new Fields(file, 0, (await file.stat()).size);
    let opset: number | undefined;
    for (let entry = await model.next(); entry; entry = await model.next()) {
      if (entry.field !== 8 || !entry.message) continue;
      let domain = 0;
      let version = 0;
      for (let part = await entry.message.next(); part; part = await entry.message.next()) {
        if (part.field === 1) domain = part.value;
        if (part.field === 2) version = part.value;
      }
      if (domain === 0) opset = version;
    }
    if (opset === undefined) throw new Error('not an ONNX file');
    return opset;
  } finally {
    await file.close();
  }
}
