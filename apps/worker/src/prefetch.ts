import type { Farm, Lane } from '@worldfarm/queue';
import type { InputCache } from './stages/inputs.ts';

const LOOK_MS = 2_000;
/** A job that is over by then needs nothing fetched ahead. */
const FIRST_LOOK_MS = 50;
const never = new AbortController().signal;

/**
 * While a job renders, fetches the inputs of the one that is likely to be next; nobody claims it yet, so that an
 * idle worker can take it. Looks again every now and then, since the line changes. Returns what stops it.
 */
export function prefetchNext(lane: Pick<Lane, 'peek'>, jobs: Farm['jobs'], inputs: InputCache): () => void {
  let seen: string | undefined;
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    try {
      const [id] = await lane.peek(1);
      if (!id || id === seen) return;
      const record = await jobs.get(id);
      if (record) await inputs.prefetch(record.spec.plan, never);
      seen = id;
    } catch {
      // The claim will meet whatever is wrong.
    } finally {
      looking = false;
    }
  };
  const first = setTimeout(look, FIRST_LOOK_MS);
  const timer = setInterval(look, LOOK_MS);
  // A download on its way is left alone: the job that it is for may come next.
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
