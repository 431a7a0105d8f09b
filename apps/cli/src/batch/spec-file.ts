import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { BatchClient } from '@worldfarm/client';
import { parse } from 'yaml';
import { UsageError } from '../explain.ts';

/** Reads a batch spec, YAML or JSON. @throws UsageError saying what is wrong with the file */
export async function readSpec(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${path} (${error.code})`);
  });
  let spec: unknown;
  try {
    spec = parse(text);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  if (typeof spec === 'object' && spec !== null && !Array.isArray(spec))
    return spec as Record<string, unknown>;
  throw new UsageError(`${path}: expected a spec: name, source, output, ...`);
}

/** A `source.jsonl` that names a file beside the spec is uploaded, and named by where it went. */
export async function withRows(
  spec: Record<string, unknown>,
  path: string,
  client: Pick<BatchClient, 'upload'>,
): Promise<Record<string, unknown>> {
  const source = spec.source as Record<string, unknown> | undefined;
  const named = source?.jsonl;
  if (typeof named !== 'string' || /^[a-z0-9]+:\/\//i.test(named) || /[{\n]/.test(named)) return spec;
  const file = resolve(dirname(path), named);
  await access(file).catch(() => {
    throw new UsageError(`source.jsonl: there is no file ${named} beside ${path}`);
  });
  const rows = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  return { ...spec, source: { ...source, jsonl: await client.upload(rows) } };
}
