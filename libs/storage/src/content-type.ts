const BY_EXTENSION: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  json: 'application/json',
  jsonl: 'application/jsonl',
  tar: 'application/x-tar',
  parquet: 'application/vnd.apache.parquet',
  md: 'text/markdown',
};

/** The content type that a key's extension tells; the general one when it tells none. */
export function contentTypeOf(key: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(key)?.[1]?.toLowerCase() ?? '';
  return BY_EXTENSION[extension] ?? 'application/octet-stream';
}
