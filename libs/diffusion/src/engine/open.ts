import '../session/no-telemetry.ts';
import { Worker } from 'node:worker_threads';
import type { Profile } from '@worldfarm/core';
import type { DiffusionEngine } from './engine.ts';
import { fromErrorData } from './error-data.ts';
import type { EngineOptions } from './options.ts';
import type { FromHost, HostData, LoadReport } from './protocol.ts';
import { gone, serve } from './serve.ts';

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
