import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './port.ts';

/** A redis-server of our own on a free port, append-only like the real one. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** ends it without a word (SIGKILL); the data stays */
  kill(): Promise<void>;
  /** starts it again on the same data and port */
  restart(): Promise<void>;
  /** ends it and removes its data */
  stop(): Promise<void>;
}

export interface TestRedisOptions {
  /** `always`: nothing that was answered is lost by a kill. The default is Redis' own. */
  readonly appendfsync?: 'always' | 'everysec';
}

export async function startRedis({ appendfsync = 'everysec' }: TestRedisOptions = {}): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'worldfarm-redis-'));
  const port = await freePort();
  let server = await launch(port, folder, appendfsync);
  // However a test ends, its Redis does not outlive it.
  const end = () => void server.kill('SIGKILL');
  process.once('exit', end);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    restart: async () => {
      await kill();
      server = await launch(port, folder, appendfsync);
    },
    stop: async () => {
      process.off('exit', end);
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, folder: string, appendfsync: string): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''].concat(
      ['--maxmemory-policy', 'noeviction', '--appendfsync', appendfsync],
    ),
    { stdio: 'ignore' },
  );
  await Promise.race([
    answering(port, server),
    once(server, 'error').then(([error]) => Promise.reject(error)),
    once(server, 'exit').then(([code]) => Promise.reject(new Error(`redis-server ended with ${code}`))),
  ]);
  return server;
}

/** Resolves when the server answers PING, which it does only after its data is loaded. */
async function answering(port: number, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const answer = await ping(port);
    if (answer.startsWith('+PONG')) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}
