import type { Route } from '../http/route.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const text = { type: 'string' };
const header = (name: string, description: string, schema: object = text): Parameter => ({
  name,
  in: 'header',
  description,
  schema: { ...schema },
});
const query = (name: string, description: string, schema: object = text): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { ...schema },
});

const priority = { type: 'string', enum: ['high', 'normal', 'low'] };

/** What may be said about a job beside its body. Each has a query twin, but for those of HTTP itself. */
const SUBMIT: readonly Parameter[] = [
  header('Idempotency-Key', 'The same key and body give the same job, for 24 hours.'),
  header('Worldfarm-Profile', 'Who renders; query: profile.'),
  header('Worldfarm-Priority', 'Query: priority.', priority),
  header('Worldfarm-Webhook', 'Where to tell of the end; query: webhook.'),
  header('Worldfarm-Webhook-Events', 'Which events, with commas between; query: webhook_events.'),
  header('Worldfarm-Deadline', 'Expires when not started by then: 90s, 30m, 2h; query: deadline.'),
  header('Worldfarm-Timeout', 'Longest running time: 20m; query: timeout.'),
  header('Worldfarm-Tags', 'a=b,c=d; query: tags.'),
];

const HOLD: readonly Parameter[] = [
  header('Prefer', 'respond-async: 202 at once. wait=N: 202 after N seconds. Query: prefer, wait.'),
  header('NVCF-POLL-SECONDS', 'The hosted form: 202 with NVCF headers after N seconds.', { type: 'integer' }),
  header('Worldfarm-Cancel-On-Disconnect', 'true: the job goes when its caller goes.'),
  query('format', 'Container of the video.', { type: 'string', enum: ['mp4', 'webm'] }),
  query('codec', 'Codec of the video.', { type: 'string', enum: ['h264', 'vp9', 'av1', 'lossless'] }),
  query('quality', '1 (smallest) to 9 (best).', { type: 'integer', minimum: 1, maximum: 9 }),
];

const LIST: readonly Parameter[] = [
  query('status', 'Only jobs with this status.'),
  query('profile', 'Only jobs of this profile.'),
  query('tier', 'Only jobs of this tier.', { type: 'string', enum: ['256', '480', '720'] }),
  query('batch', 'Only jobs of this batch.'),
  query('tag', 'Only jobs with this tag: name=value.'),
  query('limit', 'Jobs on one page.', { type: 'integer', minimum: 1, maximum: 1000, default: 50 }),
  query('cursor', 'next_cursor of the page before.'),
];

const BY_ROUTE: Readonly<Record<string, readonly Parameter[]>> = {
  'post /v1/infer': [...HOLD, ...SUBMIT],
  'post /v1/cosmos/nvidia/:profile': [...HOLD, ...SUBMIT],
  'post /v1/jobs': SUBMIT,
  'post /v1/videos': SUBMIT,
  'get /v1/jobs': LIST,
  'get /v1/jobs/:id/events': [header('Last-Event-ID', 'The newest event that the client has.')],
  'get /v1/jobs/:id/video': [header('Range', 'bytes=a-b, where the bytes come from here.')],
  'get /v1/videos': [query('after', 'The last id of the page before.'), query('limit', '1 to 100.')],
  'get /v1/videos/:id/content': [
    query('variant', 'Which file.', { type: 'string', enum: ['video', 'thumbnail', 'spritesheet'] }),
  ],
  'get /v1/queues/:profile': [query('tier', 'Only this tier.')],
};

/** What a route reads beside its body. */
export function parametersOf(route: Route): Parameter[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(
    ([, name]): Parameter => ({ name: name!, in: 'path', required: true, schema: text }),
  );
  return [...inPath, ...(BY_ROUTE[`${route.method} ${route.path}`] ?? [])];
}
