import { execFile } from 'node:child_process';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...args: string[]) => run('ip', args);

/** A host of its own that reaches this one over one cable. */
export interface CutOffHost {
  /** put before a command that is to run there */
  readonly prefix: readonly string[];
  /** Makes a local port reachable from there; returns the address. */
  forward(port: number): Promise<string>;
  /** pulls the cable: nothing comes through, and no connection is closed */
  cut(): Promise<void>;
  mend(): Promise<void>;
  remove(): Promise<void>;
}

const HERE = '10.231.7.1';
const THERE = '10.231.7.2';

/**
 * A network namespace, where this process may make one.
 * @throws Error when it may not
 */
export async function openNamespace(): Promise<CutOffHost> {
  const name = `wf${process.pid}`;
  const [here, there] = [`${name}a`, `${name}b`];
  const inside = (...args: string[]) => ip('netns', 'exec', name, 'ip', ...args);
  const relay = openRelay(HERE);
  await ip('netns', 'add', name);
  const remove = async () => {
    relay.close();
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
    forward: relay.forward,
    cut: async () => void (await ip('link', 'set', here, 'down')),
    mend: async () => void (await ip('link', 'set', here, 'up')),
    remove,
  };
}

/** The nearest to it that needs no rights: a relay that holds everything back. */
export function openHeldRelay(): CutOffHost {
  const relay = openRelay('127.0.0.1');
  return {
    prefix: [],
    forward: relay.forward,
    cut: async () => relay.hold(true),
    mend: async () => relay.hold(false),
    remove: async () => relay.close(),
  };
}

/** Passes connections on to ports of this host. */
function openRelay(address: string) {
  const servers: Server[] = [];
  const ways = new Map<Socket, Socket>();
  let held = false;
  const open = (from: Socket) => void (held ? from.unpipe().pause() : from.pipe(ways.get(from)!));
  return {
    async forward(port: number): Promise<string> {
      const server = createServer((socket) => {
        const target = connect(port, '127.0.0.1');
        for (const [from, to] of [
          [socket, target],
          [target, socket],
        ] as const) {
          ways.set(from, to);
          from.on('error', () => to.destroy());
          from.on('close', () => ways.delete(from));
          open(from);
        }
      });
      servers.push(server);
      await new Promise<void>((listening) => server.listen(0, address, listening));
      return `${address}:${(server.address() as AddressInfo).port}`;
    },
    hold(on: boolean) {
      held = on;
      for (const from of ways.keys()) open(from);
    },
    close() {
      for (const socket of ways.keys()) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}
