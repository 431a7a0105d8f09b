import { once } from 'node:events';
import { createReadStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Writes a line, no faster than the disk takes it. */
export async function writeLine(out: WriteStream, line: string): Promise<void> {
  if (!out.write(`${line}\n`)) await once(out, 'drain');
}

export async function endWriting(out: WriteStream): Promise<void> {
  out.end();
  await once(out, 'close');
}

/** The values of a local JSONL file, one at a time. */
export async function* linesOf<T>(path: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line) as T;
}
