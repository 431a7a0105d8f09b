import { EventEmitter } from 'node:events';
import type { Connection } from './connection.ts';

export interface StopOrder {
  readonly type: 'stop' | 'drain';
  /** stop: the job to abandon */
  readonly job?: string;
  /** drain: the worker meant */
  readonly worker?: string;
}

/** One subscriber connection for each process; it fans out to whoever listens here. */
export interface LiveBus {
  /** Calls back with each message of a channel until the returned function is called. */
  on(channel: 'live' | 'wake' | 'control', listener: (message: string) => void): () => void;
  /** Calls back after the subscription was lost and is back: something may have been missed. */
  onReconnect(listener: () => void): () => void;
  /** Resolves when the first subscription stands. */
  ready(): Promise<void>;
}

export function openLiveBus(connection: Connection): LiveBus {
  const emitter = new EventEmitter().setMaxListeners(0);
  const names = { live: connection.keys.live, wake: connection.keys.wake, control: connection.keys.control };
  let started: Promise<void> | undefined;
  const start = () => {
    started ??= (async () => {
      const subscriber = connection.duplicate();
      subscriber.on('message', (channel: string, message: string) => emitter.emit(channel, message));
      await subscriber.subscribe(...Object.values(names));
      // Counting starts after the first subscribe: every later `ready` is a reconnection.
      subscriber.on('ready', () => emitter.emit('reconnect'));
    })().catch(() => {});
    return started;
  };
  const listen = (event: string, listener: (message: string) => void) => {
    void start();
    emitter.on(event, listener);
    return () => void emitter.off(event, listener);
  };
  return {
    on: (channel, listener) => listen(names[channel], listener),
    onReconnect: (listener) => listen('reconnect', listener),
    ready: start,
  };
}
