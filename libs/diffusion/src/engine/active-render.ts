import { EngineError } from '../errors.ts';
import type { RenderHooks, RenderedFrames, RenderPlan, RenderTimings } from '../request.ts';
import { emptyTimings } from '../pipelines/render.ts';
import { fromErrorData } from './error-data.ts';
import { Inbox } from './inbox.ts';
import type { FromHost, ToHost } from './protocol.ts';

/** The main thread's half of one render. */
export class ActiveRender {
  /** Resolves when frames begin to come. */
  readonly started: Promise<RenderedFrames>;
  /** Resolves, never rejects, when the engine's thread is done with it. */
  readonly ended: Promise<void>;
  readonly #id: number;
  readonly #hooks: RenderHooks;
  readonly #send: (message: ToHost) => void;
  readonly #timings: RenderTimings;
  readonly #warnings: string[] = [];
  readonly #inbox: Inbox;
  readonly #onAbort: () => void;
  readonly #onSaveNow: () => void;
  readonly #start = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();
  #error: unknown;

  constructor(id: number, plan: RenderPlan, hooks: RenderHooks, send: (message: ToHost) => void) {
    this.#id = id;
    this.#hooks = hooks;
    this.#send = send;
    this.#timings = emptyTimings(plan);
    const cancel = () => send({ kind: 'cancel', id });
    this.#inbox = new Inbox(() => send({ kind: 'pull', id }), cancel);
    this.#onAbort = cancel;
    hooks.signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#onSaveNow = () => send({ kind: 'save', id });
    hooks.checkpoint?.now?.addEventListener('abort', this.#onSaveNow, { once: true });
    this.ended = this.#end.promise;
    this.started = this.#start.promise.then(() => ({
      ...plan.sampled,
      fps: plan.fps,
      frames: plan.frames,
      chunks: this.#inbox,
      timings: this.#timings,
      warnings: this.#warnings,
    }));
  }

  receive(message: Exclude<FromHost, { kind: 'opened' | 'refused' }>): void {
    switch (message.kind) {
      case 'progress':
        Object.assign(this.#timings, message.timings);
        this.#hooks.onProgress?.(message.progress);
        break;
      case 'warnings':
        this.#warnings.push(...message.warnings);
        break;
      case 'checkpoint':
        void this.#save(message.bytes);
        break;
      case 'chunk':
        this.#inbox.push(message.chunk);
        this.#start.resolve();
        break;
      case 'done':
        Object.assign(this.#timings, message.timings);
        this.#start.resolve();
        this.finish();
        break;
      case 'canceled':
        this.finish(
          this.#error ?? this.#hooks.signal?.reason ?? new EngineError('the render was broken off'),
        );
        break;
      case 'failed':
        this.finish(fromErrorData(message.error));
    }
  }

  /** Ends the render here, with an error when there is one. */
  finish(error?: unknown): void {
    this.#hooks.signal?.removeEventListener('abort', this.#onAbort);
    this.#hooks.checkpoint?.now?.removeEventListener('abort', this.#onSaveNow);
    this.#inbox.end(error);
    if (error !== undefined) this.#start.reject(error);
    this.#end.resolve();
  }

  async #save(bytes: Uint8Array): Promise<void> {
    try {
      await this.#hooks.checkpoint?.save(bytes);
      this.#send({ kind: 'saved', id: this.#id });
    } catch (error) {
      this.#error = error;
      this.#send({ kind: 'cancel', id: this.#id });
    }
  }
}
