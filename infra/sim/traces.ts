import type { Priority } from '@worldfarm/core';
import { exponential, seeded } from './random.ts';

/** One job of a trace. */
export interface Arrival {
  /** seconds */
  readonly at: number;
  readonly priority: Priority;
  readonly owner: string;
  /** a batch gets a share of its own */
  readonly batch?: string;
  /** seconds on a warm GPU */
  readonly render: number;
}

export interface Trace {
  readonly name: string;
  readonly arrivals: readonly Arrival[];
  /** reclaims of a node an hour; 0 for nodes that stay */
  readonly reclaimsPerHour: number;
}

export interface TraceOptions {
  /** seconds of a render on a warm GPU; renders differ by a few per cent */
  readonly render: number;
  /** 1 for the published table; tests take less */
  readonly scale: number;
}

const HOUR = 3600;
const SPREAD = 0.03;

type MakeTrace = (options: TraceOptions) => Trace;

/** People and programs all day: `rate` jobs an hour for `hours`. */
function stream(
  random: () => number,
  { render }: TraceOptions,
  rate: number,
  hours: number,
  priority: Priority,
): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let at = exponential(random, rate / HOUR); at < hours * HOUR; at += exponential(random, rate / HOUR)) {
    arrivals.push({ at, priority, owner: `key-${arrivals.length % 5}`, render: around(random, render) });
  }
  return arrivals;
}

/** A program that sends many jobs in a few minutes. */
function burst(
  random: () => number,
  { render }: TraceOptions,
  jobs: number,
  from: number,
  minutes: number,
): Arrival[] {
  return Array.from({ length: jobs }, (_, index) => ({
    at: from + (index / jobs) * minutes * 60,
    priority: 'normal' as const,
    owner: `burst-${Math.round(from)}`,
    render: around(random, render),
  }));
}

const around = (random: () => number, render: number) => render * (1 - SPREAD + 2 * SPREAD * random());

const bursty = (options: TraceOptions): Arrival[] => {
  const random = seeded(2);
  const starts = [0.2, 2.5, 5, 7.5, 10].slice(0, Math.max(1, Math.round(5 * options.scale)));
  return starts.flatMap((hour) => burst(random, options, Math.round(100 * options.scale), hour * HOUR, 10));
};

export const TRACES: Readonly<Record<'steady' | 'bursty' | 'batch' | 'spot', MakeTrace>> = {
  /** 90 jobs an hour for eight hours: five GPUs' worth */
  steady: (options) => ({
    name: 'steady',
    arrivals: stream(seeded(1), options, 90, 8 * options.scale, 'normal'),
    reclaimsPerHour: 0,
  }),
  /** five times a hundred jobs in ten minutes, nothing between */
  bursty: (options) => ({ name: 'bursty', arrivals: bursty(options), reclaimsPerHour: 0 }),
  /** six hundred jobs at once with low priority, and people who send twelve an hour beside them */
  batch: (options) => {
    const random = seeded(3);
    const batch = Array.from({ length: Math.round(600 * options.scale) }, () => ({
      at: 60,
      priority: 'low' as const,
      owner: 'key-0',
      batch: 'dataset',
      render: around(random, options.render),
    }));
    const people = stream(random, options, 12, 3 * options.scale, 'normal');
    return { name: 'one huge batch', arrivals: [...batch, ...people], reclaimsPerHour: 0 };
  },
  /** the bursty trace on nodes of which one in ten is reclaimed every hour */
  spot: (options) => ({ name: 'spot, 10 % an hour', arrivals: bursty(options), reclaimsPerHour: 0.1 }),
};
