import { type ErrorType, FarmError } from '@worldfarm/core';
import { EngineFault } from '../engine.ts';

/** What a model server's status says in our words; what is not listed is a render that failed. */
const BY_STATUS: Readonly<Record<number, ErrorType>> = {
  400: 'invalid_request',
  404: 'invalid_request',
  413: 'body_too_large',
  415: 'unreadable_media',
  422: 'unprocessable_request',
  429: 'dependency_unavailable',
  502: 'dependency_unavailable',
  503: 'dependency_unavailable',
};
const SENTENCES: Partial<Record<ErrorType, string>> = {
  body_too_large: 'the model server takes no input this large',
  unreadable_media: 'the model server cannot read the media',
  dependency_unavailable: 'the model server is busy or away',
  guardrail_blocked: "the model server's guardrail blocked the request",
  render_failed: 'the model server failed to render',
};

/**
 * An error reply of a model server as ours. Its words are kept as the cause, for the log; a caller gets ours,
 * with the names of the fields at fault.
 */
export function upstreamError(
  status: number,
  reply: Record<string, unknown> | undefined,
): FarmError | EngineFault {
  const said = JSON.stringify(reply ?? {}).slice(0, 2_000);
  const cause = new Error(`status ${status}: ${said}`);
  if (/out of memory/i.test(said)) {
    return new EngineFault('out_of_memory', 'the model server ran out of memory', { cause });
  }
  const blocked = status < 500 && /guardrail|blocked|unsafe/i.test(said);
  const type = blocked ? 'guardrail_blocked' : (BY_STATUS[status] ?? 'render_failed');
  const fields = fieldsOf(reply);
  const message = SENTENCES[type] ?? `the model server refused the request${fields ? `: ${fields}` : ''}`;
  return new FarmError(type, message, { cause });
}

/** Names of the fields in the `detail` of a FastAPI server or of our own. */
function fieldsOf(reply: Record<string, unknown> | undefined): string {
  const details = Array.isArray(reply?.detail) ? (reply.detail as { loc?: unknown }[]) : [];
  const names = details.map(({ loc }) =>
    Array.isArray(loc) ? loc.filter((part) => part !== 'body').join('.') : '',
  );
  return [...new Set(names.filter((name) => /^[\w.]{1,64}$/.test(name)))].join(', ');
}
