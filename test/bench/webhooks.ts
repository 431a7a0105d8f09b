import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { newWebhookSecret } from '@worldfarm/core';
import { startCourier } from '@worldfarm/courier';
import { type Farm, type NewDelivery, openFarm } from '@worldfarm/queue';
import { createLogger, createMetrics, NO_TRACING, openOutbound } from '@worldfarm/service';
import { startRedis, until } from '@worldfarm/test-support';

const GOOD = 5_000;
const SECRET = newWebhookSecret();
const BODY = JSON.stringify({ type: 'job.succeeded', data: { id: 'x', padding: 'p'.repeat(2_000) } });

interface Run {
  /** deliveries a second of wall time, and of this process's CPU time */
  readonly rate: number;
  readonly perCpu: number;
}

/**
 * Deliveries a second to a fast receiver, alone and while another host takes connections and never answers, in turn.
 * Prints their ratio; issue: at least 0.9.
 *
 * @param args how many deliveries the dead host gets, mixed evenly among the others (500); rounds (3), more of them
 *   where other processes disturb the machine
 */
export async function run([dead = '500', rounds = '3']: string[]): Promise<void> {
  const redis = await startRedis();
  const fast = await startFast();
  const silent = createTcpServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const runs: Record<'alone' | 'beside', Run[]> = { alone: [], beside: [] };
  try {
    await measure('warm', 0);
    for (let round = 0; round < Number(rounds); round++) {
      // The second of a pair runs warmer: each goes first in turn.
      const order = round % 2 === 0 ? (['alone', 'beside'] as const) : (['beside', 'alone'] as const);
      for (const each of order) {
        runs[each].push(await measure(`${each}${round}`, each === 'alone' ? 0 : Number(dead)));
      }
    }
  } finally {
    await redis.stop();
    fast.server.close();
    silent.close();
  }
  process.stdout.write(
    `${GOOD} deliveries, ${rounds} rounds each, medians; the dead host is given ${dead} more\n`,
  );
  console.table([row('alone', runs.alone), row('beside a dead host', runs.beside)]);
  // Pairs ran one after the other: their ratios suffer less from what else the machine does than the medians do.
  const ratio = (of: (run: Run) => number) =>
    median(runs.beside.map((run, round) => of(run) / of(runs.alone[round]!)));
  process.stdout.write(
    `median ratio of pairs: deliveries/s ${ratio(({ rate }) => rate).toFixed(3)}, ` +
      `deliveries per CPU second ${ratio(({ perCpu }) => perCpu).toFixed(3)} (less noisy where CPUs are shared)\n`,
  );

  async function measure(name: string, toDead: number): Promise<Run> {
    const farm = openFarm({ url: redis.url, prefix: `{bench-${name}}`, patience: 'wait' });
    const outbound = openOutbound({ allow: ['127.0.0.1'], connectionsPerHost: 16 });
    await fill(farm, urlOf(fast.server), urlOf(silent), toDead);
    fast.reset();
    const started = performance.now();
    const cpu = process.cpuUsage();
    const courier = startCourier(
      {
        concurrency: 64,
        perHost: 16,
        timeoutMs: 15_000,
        lockMs: 30_000,
        stalledMs: 15_000,
        publicUrl: 'http://127.0.0.1:8000',
        version: 'bench',
      },
      {
        farm,
        outbound,
        presign: async () => undefined,
        metrics: createMetrics({ processMetrics: false }),
        tracing: NO_TRACING,
        logger: createLogger({ name: 'bench', level: 'fatal', json: true }),
      },
    );
    await until('all good deliveries', () => fast.count() >= GOOD, 120_000);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    // Ends the calls that hang, which close would wait for.
    await outbound.close();
    await courier.close();
    await farm.close();
    return { rate: GOOD / seconds, perCpu: (GOOD * 1e6) / (user + system) };
  }
}

function row(receiver: string, runs: readonly Run[]) {
  const whole = (of: (run: Run) => number) => runs.map((run) => Math.round(of(run)));
  const [rates, perCpu] = [whole(({ rate }) => rate), whole(({ perCpu }) => perCpu)];
  return {
    receiver,
    'deliveries/s': median(rates),
    rounds: rates.join(' '),
    'per CPU second': median(perCpu),
  };
}

/** Queues everything beforehand, the dead host's share spread evenly. */
async function fill(farm: Farm, goodUrl: string, deadUrl: string, toDead: number): Promise<void> {
  const all: NewDelivery[] = [];
  for (let n = 0, sent = 0; n < GOOD; n++) {
    all.push(delivery(`g${n}`, goodUrl));
    for (; sent < ((n + 1) * toDead) / GOOD; sent++) all.push(delivery(`d${sent}`, deadUrl));
  }
  for (let n = 0; n < all.length; n += 500) await farm.webhooks.deliveries.add(all.slice(n, n + 500));
}

function delivery(job: string, url: string): NewDelivery {
  return {
    eventId: `evt_${job}_1`,
    type: 'job.succeeded',
    sequence: 1,
    at: 1,
    owner: 'bench',
    job,
    url,
    secret: SECRET,
    body: BODY,
  };
}

async function startFast() {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      count++;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    count: () => count,
    reset: () => {
      count = 0;
    },
  };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
