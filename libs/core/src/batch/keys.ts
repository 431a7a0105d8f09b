/** Rows of one object of rows, or of results. What is in storage depends on it: it does not change. */
export const CHUNK_ROWS = 500;

const six = (value: number) => String(value).padStart(6, '0');

/** Where a batch keeps what it works with; its dataset lies elsewhere. Each revision starts afresh. */
export function batchKeys({ id, revision }: { readonly id: string; readonly revision: number }) {
  const root = batchRevisionPrefix(id, revision);
  return {
    /** everything that became of rows */
    allResults: `${root}results/`,
    /** rows that passed validation, in chunks */
    rows: (chunk: number) => `${root}rows/${six(chunk)}.jsonl`,
    /** what became of the rows of a chunk */
    results: (chunk: number) => `${root}results/${six(chunk)}.jsonl`,
    invalid: `${root}invalid.jsonl`,
    estimate: `${root}estimate.json`,
    /** clips that wait for their shard */
    staged: `${batchPrefix(id)}clips/`,
  };
}

/** Everything that a batch works with. */
export function batchPrefix(id: string): string {
  return `${BATCHES}${id}/`;
}

/** What one revision of a batch works with. */
export function batchRevisionPrefix(id: string, revision: number): string {
  return `${batchPrefix(id)}r${revision}/`;
}

/** Where a render is found again by what it is made from: among those of a batch, or of an owner. */
export function renderEntry(owner: string, key: string, batch = 'any'): string {
  const among = `${owner.replace(/[^A-Za-z0-9_-]/g, '_')}/${batch}`;
  return `renders/${among}/${key.slice(0, 2)}/${key}.json`;
}

/** Where the working folders of batches lie. */
export const BATCHES = 'batches/';
/** Where rows lie that came with a spec or before it. */
export const UPLOADS = 'uploads/';

/** An upload that is on its way, and one that is whole: named by the digest of its bytes. */
export const uploadKeys = {
  incoming: (nonce: string) => `${UPLOADS}incoming-${nonce}`,
  rows: (sha256: string) => `${UPLOADS}${sha256}.jsonl`,
  /** Whether the farm made this object; people may keep pictures beside it. */
  isOurs: (key: string) => /^uploads\/(incoming-[0-9a-f-]{36}|[0-9a-f]{64}\.jsonl)$/.test(key),
} as const;
