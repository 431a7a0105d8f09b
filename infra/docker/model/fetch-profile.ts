import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { profileSchema } from '@worldfarm/core';
import type { Source } from './source.ts';

/**
 * Makes `folder` hold the profile whose profile.json has this digest. A file that is there and right is kept, so a
 * cache that outlives its pod costs one reading; a file that is wrong never gets its name.
 *
 * @param sha256 digest of profile.json, in hex
 * @throws naming the file whose bytes are not those that were promised
 */
export async function fetchProfile(
  source: Pick<Source, 'open'>,
  folder: string,
  sha256: string,
  say: (line: string) => void,
): Promise<{ fetched: number; kept: number }> {
  const counts = { fetched: 0, kept: 0 };
  const ensure = async (path: string, digest: string, bytes?: number) => {
    const target = join(folder, path);
    if (await isRight(target, digest, bytes)) return void counts.kept++;
    say(`fetching ${path}${bytes === undefined ? '' : ` (${bytes} bytes)`}`);
    await fetchFile(await source.open(path), target, digest);
    counts.fetched++;
  };
  await ensure('profile.json', sha256);
  const profile = profileSchema.parse(JSON.parse(await readFile(join(folder, 'profile.json'), 'utf8')));
  for (const file of profile.files) await ensure(file.path, file.sha256, file.bytes);
  return counts;
}

async function isRight(path: string, digest: string, bytes: number | undefined): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found || (bytes !== undefined && found.size !== bytes)) return false;
  return (await digestOf(createReadStream(path))) === digest;
}

async function fetchFile(body: Readable, target: string, digest: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}.part`;
  const hash = createHash('sha256');
  const hashed = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk));
  try {
    await pipeline(body, hashed, createWriteStream(draft));
    const found = hash.digest('hex');
    if (found !== digest) throw new Error(`${target}: its SHA-256 is ${found}, not ${digest}`);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

async function digestOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
