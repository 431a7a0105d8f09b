import type { Profile } from '@worldfarm/core';
import { EngineError } from '../errors.ts';
import { readPipeline } from '../pipelines/registry.ts';
import { ActiveRender } from './active-render.ts';
import type { DiffusionEngine } from './engine.ts';
import { movable } from './moved.ts';
import type { FromHost, LoadReport, ToHost } from './protocol.ts';

/** What the main thread needs of the engine's thread. */
export interface HostPort {
  postMessage(message: ToHost, moved: ArrayBuffer[]): void;
  on(event: 'message', listener: (message: FromHost) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

/** The error of a thread that is no more. */
export const gone = (how: string, cause?: unknown) =>
  new EngineError(`the engine's thread ${how}`, { deviceFault: true, cause });

/** The engine on top of a thread that has loaded its profile. */
export function serve(worker: HostPort, profile: Profile, load: LoadReport): DiffusionEngine {
  const { plan } = readPipeline(profile);
  const send = (message: ToHost, moved: ArrayBuffer[] = []) => worker.postMessage(message, moved);
  let renders = 0;
  let current: ActiveRender | undefined;
  let last: Promise<void> = Promise.resolve();
  let fault: EngineError | undefined;

  const fail = (error: EngineError) => {
    fault ??= error;
    current?.finish(fault);
  };
  worker.on('message', (message: FromHost) => {
    if (message.kind !== 'opened' && message.kind !== 'refused') current?.receive(message);
  });
  worker.on('error', (error) =>
    fail(gone(`failed: ${error instanceof Error ? error.message : error}`, error)),
  );
  worker.on('exit', (code) => fail(gone(`ended with code ${code}`)));

  return {
    profile,
    load,
    plan,
    async render(request, hooks = {}) {
      const planned = plan(request);
      // The place in the line is taken before anything is waited for.
      const before = last;
      const { promise, resolve: leave } = Promise.withResolvers<void>();
      last = promise;
      try {
        await before;
        hooks.signal?.throwIfAborted();
        if (fault) throw fault;
      } catch (error) {
        leave();
        throw error;
      }
      const id = ++renders;
      const active = new ActiveRender(id, planned, hooks, send);
      current = active;
      void active.ended.then(leave);
      const { request: sent, moved } = movable(request);
      const { checkpoint, resume } = hooks;
      send(
        { kind: 'render', id, request: sent, plan: planned, checkpointEvery: checkpoint?.every, resume },
        moved,
      );
      return active.started;
    },
    async close() {
      fail(new EngineError('the engine was closed'));
      await worker.terminate();
    },
  };
}
