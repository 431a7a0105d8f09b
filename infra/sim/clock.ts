/** Simulated seconds: things happen in the order of their time, and nothing waits. */
export interface Clock {
  now(): number;
  /** Calls back at a time; returns what forgets it. */
  at(time: number, happen: () => void | Promise<void>): () => void;
  after(seconds: number, happen: () => void | Promise<void>): () => void;
  /** Runs until nothing is left to happen, or `stop` says so. */
  run(stop: () => boolean): Promise<void>;
}

interface Happening {
  readonly time: number;
  readonly order: number;
  readonly happen: () => void | Promise<void>;
  forgotten: boolean;
}

export function openClock(): Clock {
  const heap: Happening[] = [];
  let time = 0;
  let order = 0;
  const before = (a: Happening, b: Happening) => a.time - b.time || a.order - b.order;

  function push(item: Happening): void {
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent]!, item) <= 0) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  function pop(): Happening | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let at = 0;
    while (true) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!) < 0) child++;
      if (before(last, heap[child]!) <= 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  const at: Clock['at'] = (when, happen) => {
    const item: Happening = { time: Math.max(when, time), order: order++, happen, forgotten: false };
    push(item);
    return () => {
      item.forgotten = true;
    };
  };
  return {
    now: () => time,
    at,
    after: (seconds, happen) => at(time + seconds, happen),
    async run(stop) {
      while (!stop()) {
        const item = pop();
        if (!item) return;
        if (item.forgotten) continue;
        time = item.time;
        await item.happen();
      }
    },
  };
}
