import type { BatchSpec, BatchStatus } from '@worldfarm/core';
import type { BatchRecord, BatchWish } from './batch-api.ts';

/** Reads a batch from its Redis hash; undefined for an empty hash. */
export function decodeBatch(id: string, hash: Record<string, string>): BatchRecord | undefined {
  if (!hash.spec) return undefined;
  const optional = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return {
    id,
    owner: hash.owner!,
    spec: JSON.parse(hash.spec) as BatchSpec,
    digest: hash.digest!,
    revision: Number(hash.revision),
    status: hash.status as BatchStatus,
    want: hash.want as BatchWish,
    createdAt: Number(hash.createdAt),
    startedAt: optional(hash.startedAt),
    endedAt: optional(hash.endedAt),
    total: Number(hash.total ?? 0),
    invalid: Number(hash.invalid ?? 0),
    profile: hash.profile!,
    message: hash.message,
    finished: Number(hash.finished ?? 0),
  };
}
