import type { QueueId } from './names.ts';

/** A queue with its share of first tries; a bigger weight is tried first more often. */
export interface WeightedQueue extends QueueId {
  readonly weight: number;
}

/**
 * Smooth weighted round robin over the queues that a lane serves: each call returns all of them, the one whose
 * turn it is first and the others by weight behind it. So a lane prefers its biggest tier, fills itself from
 * smaller ones when that is empty, and starves none.
 */
export function rotation(queues: readonly WeightedQueue[]): () => readonly WeightedQueue[] {
  const byWeight = [...queues].sort((a, b) => b.weight - a.weight);
  const total = byWeight.reduce((sum, { weight }) => sum + weight, 0);
  const credit = new Map(byWeight.map((queue) => [queue, 0]));
  return () => {
    for (const queue of byWeight) credit.set(queue, credit.get(queue)! + queue.weight);
    const first = byWeight.reduce((best, queue) => (credit.get(queue)! > credit.get(best)! ? queue : best));
    credit.set(first, credit.get(first)! - total);
    return [first, ...byWeight.filter((queue) => queue !== first)];
  };
}
