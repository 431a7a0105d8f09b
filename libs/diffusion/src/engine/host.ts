import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { emptyTimings, renderFrames } from '../pipelines/render.ts';
import { toErrorData } from './error-data.ts';
import { type LoadedProfile, loadProfile } from './load.ts';
import { CREDITS, type FromHost, type HostData, type ToHost } from './protocol.ts';

/**
 * The engine's thread: sessions and pipelines live here, because loading and running a graph block the thread they are
 * called in. One render at a time; the main thread keeps the order.
 */
const port = parentPort!;
const send = (message: FromHost, moved: ArrayBuffer[] = []) => port.postMessage(message, moved);

class Canceled extends Error {}

/** What messages have said about the render on the way. */
interface Active {
  readonly id: number;
  canceled: boolean;
  credits: number;
  saving: boolean;
  saveNow: boolean;
  /** Called when a message has changed something. */
  wake: () => void;
}
let active: Active | undefined;

function fingerprint({ profile }: LoadedProfile, message: ToHost & { kind: 'render' }): string {
  const { image, video, controls, ...plain } = message.request;
  const hash = createHash('sha256').update(JSON.stringify([profile, plain, message.plan]));
  for (const media of [
    image,
    video?.data,
    ...(controls ?? []).flatMap((c) => [c.video?.data, c.mask?.data]),
  ]) {
    hash.update(media ? `${media.length};` : '-;').update(media ?? '');
  }
  const kinds = (controls ?? []).map(({ kind, weight }) => [kind, weight]);
  return hash.update(JSON.stringify(kinds)).digest('hex');
}

async function render(loaded: LoadedProfile, message: ToHost & { kind: 'render' }): Promise<void> {
  const { id, request, plan, checkpointEvery, resume } = message;
  const state: Active = {
    id,
    canceled: false,
    credits: CREDITS,
    saving: false,
    saveNow: false,
    wake: () => {},
  };
  active = state;
  const timings = emptyTimings(plan);
  let lastSave = performance.now();
  const refuseCanceled = () => {
    if (state.canceled) throw new Canceled();
  };
  try {
    const frames = renderFrames(loaded.pipeline, request, plan, timings, {
      async turn() {
        await setImmediate();
        refuseCanceled();
      },
      progress: (progress) => send({ kind: 'progress', id, progress, timings }),
      warn: (warnings) => warnings.length > 0 && send({ kind: 'warnings', id, warnings }),
      checkpointDue: () =>
        checkpointEvery !== undefined &&
        !state.saving &&
        (state.saveNow || performance.now() - lastSave >= checkpointEvery * 1000),
      checkpoint(bytes) {
        lastSave = performance.now();
        state.saving = true;
        state.saveNow = false;
        send({ kind: 'checkpoint', id, bytes }, [bytes.buffer]);
      },
      resume,
      fingerprint: fingerprint(loaded, message),
    });
    for await (const chunk of frames) {
      send({ kind: 'chunk', id, chunk }, [chunk.buffer]);
      state.credits -= 1;
      while (state.credits <= 0) {
        refuseCanceled();
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      }
    }
    send({ kind: 'done', id, timings });
  } catch (error) {
    send(
      error instanceof Canceled
        ? { kind: 'canceled', id }
        : { kind: 'failed', id, error: toErrorData(error) },
    );
  } finally {
    active = undefined;
  }
}

function serve(loaded: LoadedProfile): void {
  port.on('message', (message: ToHost) => {
    if (message.kind === 'render') {
      void render(loaded, message);
      return;
    }
    if (active?.id !== message.id) return;
    if (message.kind === 'cancel') active.canceled = true;
    if (message.kind === 'pull') active.credits += 1;
    if (message.kind === 'saved') active.saving = false;
    if (message.kind === 'save') active.saveNow = true;
    active.wake();
  });
}

const { profileDir, options } = workerData as HostData;
try {
  const loaded = await loadProfile(profileDir, options);
  serve(loaded);
  send({ kind: 'opened', profile: loaded.profile, load: loaded.load });
} catch (error) {
  send({ kind: 'refused', error: toErrorData(error) });
}
