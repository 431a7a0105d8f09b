import { execFile } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...args: string[]) => run('ip', args);

/** A host of its own: a network namespace that reaches this one over one cable. */
export interface CutOffHost {
  /** put before a command that is to run there */
  readonly prefix: readonly string[];
  /** Makes a local port reachable from there; returns the address. */
  forward(port: number): Promise<string>;
  /** pulls the cable: packets are lost, no connection is closed */
  cut(): Promise<void>;
  mend(): Promise<void>;
  remove(): Promise<void>;
}

const HERE = '10.231.7.1';
const THERE = '10.231.7.2';

/** @throws Error when this process may not make network namespaces */
export async function openHost(): Promise<CutOffHost> {
  const name = `wf${process.pid}`;
  const [here, there] = [`${name}a`, `${name}b`];
  const inside = (...args: string[]) => ip('netns', 'exec', name, 'ip', ...args);
  const servers: ReturnType<typeof createServer>[] = [];
  const sockets = new Set<Socket>();
  await ip('netns', 'add', name);
  const remove = async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    await ip('link', 'del', here).catch(() => {});
    await ip('netns', 'del', name);
  };
  try {
    await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there);
    await ip('link', 'set', there, 'netns', name);
    await ip('addr', 'add', `${HERE}/30`, 'dev', here);
    await ip('link', 'set', here, 'up');
    await inside('addr', 'add', `${THERE}/30`, 'dev', there);
    await inside('link', 'set', there, 'up');
    await inside('link', 'set', 'lo', 'up');
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    prefix: ['ip', 'netns', 'exec', name],
    async forward(port) {
      const server = createServer((socket) => {
        const target = connect(port, '127.0.0.1');
        for (const [from, to] of [
          [socket, target],
          [target, socket],
        ] as const) {
          sockets.add(from);
          from.on('error', () => to.destroy());
          from.on('close', () => sockets.delete(from));
          from.pipe(to);
        }
      });
      servers.push(server);
      await new Promise<void>((listening) => server.listen(0, HERE, listening));
      return `${HERE}:${(server.address() as { port: number }).port}`;
    },
    cut: async () => void (await ip('link', 'set', here, 'down')),
    mend: async () => void (await ip('link', 'set', here, 'up')),
    remove,
  };
}
