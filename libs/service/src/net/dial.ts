import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { OutboundError } from './errors.ts';

/** Opens one TCP connection to an address that was checked. */
export type Dial = (target: { address: string; port: number }, signal: AbortSignal) => Promise<Socket>;

export const directDial: Dial = async ({ address, port }, signal) => {
  const socket = connect({ host: address, port, autoSelectFamily: false, noDelay: true, keepAlive: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

/**
 * Tries the addresses in order, each with an equal share of the time, and keeps the first that connects.
 *
 * @throws OutboundError `timeout`, `unreachable`
 */
export async function dialFirst(
  host: string,
  targets: readonly { address: string; port: number }[],
  { dial, timeoutMs }: { dial: Dial; timeoutMs: number },
): Promise<Socket> {
  let failure: unknown;
  let late = false;
  for (const target of targets) {
    const signal = AbortSignal.timeout(timeoutMs / targets.length);
    try {
      return await dial(target, signal);
    } catch (error) {
      failure = error;
      late = signal.aborted;
    }
  }
  if (failure instanceof OutboundError) throw failure;
  throw new OutboundError(
    late ? 'timeout' : 'unreachable',
    late ? `${host}: no connection in ${timeoutMs / 1000} s` : `${host}: no connection`,
    { detail: failure instanceof Error ? failure.message : String(failure), cause: failure },
  );
}
