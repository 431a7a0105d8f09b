import { buildConnector } from 'undici';
import type { AllowList } from './allow-list.ts';
import { type Dial, dialFirst } from './dial.ts';
import { OutboundError } from './errors.ts';
import { type Resolve, resolveChecked } from './resolve.ts';
import { portOf } from './target.ts';

export interface ConnectorOptions {
  readonly allow: AllowList;
  readonly resolve: Resolve;
  readonly dial: Dial;
  readonly connectTimeoutMs: number;
}

/**
 * The only way in which connections come to be: resolve, check, dial what was checked, then TLS under the name
 * of the URL. undici calls it for every new connection, so that there is no path around the check, and a reused
 * connection still ends where the check looked.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const { connectTimeoutMs: timeoutMs, dial } = options;
  const secure = buildConnector({ timeout: timeoutMs });
  return (request, callback) => {
    const { hostname, protocol } = request;
    const open = async () => {
      const port = portOf(request);
      const addresses = await resolveChecked(hostname, options);
      const targets = addresses.map((address) => ({ address, port }));
      return dialFirst(hostname, targets, { dial, timeoutMs });
    };
    open().then(
      (socket) => {
        if (protocol !== 'https:') return callback(null, socket);
        secure({ ...request, httpSocket: socket }, (error, wrapped) => {
          if (wrapped) return callback(null, wrapped);
          socket.destroy();
          const detail = error?.message;
          callback(new OutboundError('unreachable', `${hostname}: no TLS`, { detail, cause: error }), null);
        });
      },
      (error: Error) => callback(error, null),
    );
  };
}
