/**
 * Why a call to somebody else's server did not work out.
 *
 * - `refused`: our own rules: scheme, port, address, or a redirect that is one too many
 * - `unresolved`: the name has no address
 * - `unreachable`: no connection, TLS included
 * - `broken`: the connection ended or spoke no HTTP in the middle of an answer
 * - `timeout`: connecting or answering took too long
 * - `too_large`: the body is over its limit
 */
export type OutboundFailure = 'refused' | 'unresolved' | 'unreachable' | 'broken' | 'timeout' | 'too_large';

/**
 * The one error of outbound calls. The message names the host of the URL at most and may be shown to whoever
 * gave that URL; `detail` (addresses, a vendor's words) belongs into our own log only.
 */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly failure: OutboundFailure;
  readonly detail: string;

  constructor(
    failure: OutboundFailure,
    message: string,
    { detail = '', cause }: { detail?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.detail = detail;
  }
}
