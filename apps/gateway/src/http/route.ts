import type { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { Call, Reply } from './call.ts';

export type Handler = (call: Call, gateway: Gateway) => Promise<Reply> | Reply;

/** Who may use a route: `open` needs no key, `key` any key, `admin` an admin key. */
export type Access = 'open' | 'key' | 'admin';

/** One line of the table of contents. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly handler: Handler;
  /** default `key` */
  readonly access?: Access;
  /** what the body may be; none by default. `stream` hands the bytes over as they come. */
  readonly body?: 'json' | 'form' | 'stream';
  /** what validates the body, for the OpenAPI document */
  readonly schema?: { readonly name: string; readonly zod: z.ZodType };
  /** one line for the OpenAPI document; routes without it are left out of it */
  readonly summary?: string;
}
