export interface DeletionCostOptions {
  /** asks the worker beside us what it does */
  readonly status: () => Promise<string | undefined>;
  /** writes the annotation of our pod */
  readonly annotate: (cost: number) => Promise<void>;
  readonly costs: { readonly idle: number; readonly busy: number };
}

/**
 * One look: writes the cost when it changed since the last look that succeeded. A worker that does not answer counts
 * as busy: it may be in the middle of a render.
 */
export function deletionCost({ status, annotate, costs }: DeletionCostOptions): () => Promise<void> {
  let written: number | undefined;
  return async () => {
    const now = await status().catch(() => undefined);
    const cost = now === 'ready' || now === 'starting' || now === 'stopped' ? costs.idle : costs.busy;
    if (cost === written) return;
    await annotate(cost);
    written = cost;
  };
}

const ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';

/** The request that sets a pod's deletion cost. */
export function patchOf(pod: { name: string; namespace: string }, cost: number) {
  return {
    path: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { annotations: { [ANNOTATION]: String(cost) } } }),
  };
}
