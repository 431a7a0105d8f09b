/** Rows of one object of rows, or of results. What is in storage depends on it: it does not change. */
export const CHUNK_ROWS = 500;

const six = (value: number) => String(value).padStart(6, '0');

/** Where a batch keeps what it works with; its dataset lies elsewhere. Each revision starts afresh. */
export function batchKeys({ id, revision }: { readonly id: string; readonly revision: number }) {
  const root = `batches/${id}/r${revision}/`;
  return {
    /** rows that passed validation, in chunks */
    rows: (chunk: number) => `${root}rows/${six(chunk)}.jsonl`,
    /** what became of the rows of a chunk */
    results: (chunk: number) => `${root}results/${six(chunk)}.jsonl`,
    invalid: `${root}invalid.jsonl`,
    estimate: `${root}estimate.json`,
    /** clips that wait for their shard */
    staged: `batches/${id}/clips/`,
  };
}

/** Where a render is found again by what it is made from, by its owner only. */
export function renderEntry(owner: string, key: string): string {
  return `renders/${owner.replace(/[^A-Za-z0-9_-]/g, '_')}/${key.slice(0, 2)}/${key}.json`;
}
