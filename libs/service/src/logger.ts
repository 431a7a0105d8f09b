import { type Logger, pino } from 'pino';

export type { Logger };

export interface LoggerOptions {
  /** which process speaks: `gateway`, `worker`, ... */
  readonly name: string;
  /** pino level; NIM's upper-case names are understood */
  readonly level: string;
  /** one JSON object a line; false: short readable lines */
  readonly json: boolean;
  /** where lines go; standard error by default, so that a CLI's output stays clean */
  readonly stream?: { write(line: string): void };
}

/** Header values and fields that must never reach a log. */
const SECRETS = [
  'req.headers.authorization',
  'req.headers["x-api-key"]',
  'authorization',
  'apiKey',
  'secret',
  '*.secret',
  '*.apiKey',
];

/** The logger of one process. Children carry `job`, `attempt` and `worker`. */
export function createLogger({ name, level, json, stream }: LoggerOptions): Logger {
  const sink = stream ?? { write: (line: string) => process.stderr.write(line) };
  return pino(
    {
      name,
      level: pinoLevel(level),
      base: { service: name, pid: process.pid },
      redact: { paths: SECRETS, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    json ? sink : readable(sink),
  );
}

function pinoLevel(level: string): string {
  const lower = level.toLowerCase();
  if (lower === 'warning') return 'warn';
  if (lower === 'critical') return 'fatal';
  return lower in pino.levels.values || lower === 'silent' ? lower : 'info';
}

const QUIET = new Set(['level', 'time', 'service', 'pid', 'msg', 'name', 'err']);

function readable(sink: { write(line: string): void }) {
  return {
    write(line: string) {
      const entry = JSON.parse(line) as Record<string, unknown> & {
        err?: { message?: string; stack?: string };
      };
      const fields = Object.entries(entry)
        .filter(([key]) => !QUIET.has(key))
        .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
      const clock = String(entry.time).slice(11, 19);
      const head = `${clock} ${String(entry.level).padEnd(5)} ${entry.service}: ${entry.msg ?? ''}`;
      const error = entry.err ? `\n${entry.err.stack ?? entry.err.message}` : '';
      sink.write(`${[head, ...fields].join(' ')}${error}\n`);
    },
  };
}
