import type { Batch } from '@worldfarm/client';

const WIDTH = 24;

/** One line about a batch: bar, share, counts, pace, and how long it will take. */
export function batchLine({ status, counts, progress, rows_per_second, eta_seconds }: Batch): string {
  const filled = Math.round(progress * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const done = `${counts.succeeded}/${counts.total}`;
  const bad = [
    counts.failed && `${counts.failed} failed`,
    counts.canceled && `${counts.canceled} canceled`,
    counts.invalid && `${counts.invalid} invalid`,
  ].filter(Boolean);
  const pace = rows_per_second ? `${rows_per_second.toFixed(2)}/s` : '';
  const left = eta_seconds === undefined ? '' : `ETA ${duration(eta_seconds)}`;
  return [bar, `${Math.floor(progress * 100)}%`, done, status, ...bad, pace, left].filter(Boolean).join('  ');
}

/** `1h 02m`, `3m 20s`, `5s`. */
export function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours}h ${two(minutes)}m`;
  return minutes > 0 ? `${minutes}m ${two(Math.round(seconds % 60))}s` : `${Math.round(seconds)}s`;
}

/** Draws the line over itself on a terminal; elsewhere prints it when a tenth more is done. */
export function batchBar(stream: { isTTY?: boolean; write(text: string): unknown }) {
  let said = '';
  return {
    show(batch: Batch) {
      if (stream.isTTY) stream.write(`\r\x1b[K${batchLine(batch)}`);
      else if (said !== `${batch.status} ${Math.floor(batch.progress * 10)}`) {
        said = `${batch.status} ${Math.floor(batch.progress * 10)}`;
        stream.write(`${batchLine(batch)}\n`);
      }
    },
    end() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}
