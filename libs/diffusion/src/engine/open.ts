import { Worker } from 'node:worker_threads';
import type { Profile } from '@worldfarm/core';
import { EngineError } from '../errors.ts';
import { readPipeline } from '../pipelines/registry.ts';
import { ActiveRender } from './active-render.ts';
import type { DiffusionEngine } from './engine.ts';
import { fromErrorData } from './error-data.ts';
import { movable } from './moved.ts';
import type { EngineOptions } from './options.ts';
import type { FromHost, HostData, LoadReport, ToHost } from './protocol.ts';

/**
 * Loads a profile folder in a thread of its own.
 * @throws ProfileError naming the file and the reason; EngineError when the thread dies.
 */
export async function openEngine(profileDir: string, options: EngineOptions = {}): Promise<DiffusionEngine> {
  const worker = new Worker(new URL('./host.ts', import.meta.url), {
    workerData: { profileDir, options } satisfies HostData,
    name: 'diffusion',
  });
  const opened = await new Promise<{ profile: Profile; load: LoadReport }>((resolve, reject) => {
    worker.on('message', (message: FromHost) => {
      if (message.kind === 'opened') resolve(message);
      if (message.kind === 'refused') reject(fromErrorData(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(gone(`ended with code ${code} while loading`)));
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return serve(worker, opened.profile, opened.load);
}

const gone = (how: string, cause?: unknown) =>
  new EngineError(`the engine's thread ${how}`, { deviceFault: true, cause });

function serve(worker: Worker, profile: Profile, load: LoadReport): DiffusionEngine {
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
