import type { Server } from 'node:http';
import { type Metrics, serveHealth as serve } from '@worldfarm/service';
import type { LaneWorker } from './worker.ts';

interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly worker: Pick<LaneWorker, 'info' | 'drain'>;
  readonly metrics: Metrics;
}

/**
 * `/health/live` (503 when blocked), `/health/ready` (503 until the models are loaded, and while draining), `/metrics`,
 * and for programs beside it `POST /drain`, which is answered when no more jobs are taken.
 */
export function serveHealth({ host, port, worker, metrics }: HealthOptions): Promise<Server> {
  const status = () => worker.info().status;
  return serve({
    host,
    port,
    metrics,
    // A blocked worker asks to be restarted.
    live: () => ({ ok: status() !== 'blocked', status: status() }),
    ready: () => ({ ok: status() === 'ready' || status() === 'busy', status: status() }),
    orders: {
      '/drain': () => {
        void worker.drain('drained by its pod');
        return { ok: true, status: status() };
      },
    },
  });
}
