export { parseAllowList } from './allow-list.ts';
export type { Dial } from './dial.ts';
export { OutboundError, type OutboundFailure } from './errors.ts';
export {
  type Outbound,
  type OutboundOptions,
  type OutboundReply,
  type OutboundRequest,
  openOutbound,
} from './outbound.ts';
export type { Resolve } from './resolve.ts';
