import type { ProvenanceRow } from '@worldfarm/core';

/** Folder of the clips of a split in a Hugging Face videofolder: the folder's name is the split's. */
export function splitFolder(split: string): string {
  return `data/${split}/`;
}

/** Where a clip lies in a videofolder. */
export function clipPath({ split, id }: { split: string; id: string }, extension: string): string {
  return `${splitFolder(split)}${id}.${extension}`;
}

/**
 * A line of a split's `metadata.jsonl`: the clip's name beside it, and columns that every row has, so that readers
 * infer one schema. What has no fixed shape stays in the manifest.
 */
export function videofolderLine(row: ProvenanceRow): Record<string, unknown> {
  const { scores } = row;
  return {
    file_name: row.file.slice(splitFolder(row.split).length),
    id: row.id,
    prompt: row.prompt,
    negative_prompt: row.negative_prompt ?? null,
    seed: row.seed,
    steps: row.steps,
    guidance: row.guidance,
    fps: row.fps,
    frames: row.frames,
    width: row.width,
    height: row.height,
    mode: row.mode,
    profile: `${row.profile}@${row.profile_version}`,
    sha256: row.sha256,
    motion: scores?.motion ?? null,
    frozen: scores?.frozen ?? null,
    flicker: scores?.flicker ?? null,
    sharpness: scores?.sharpness ?? null,
  };
}
