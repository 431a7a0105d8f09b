import type { JobStatus, Progress } from '@worldfarm/core';

const WIDTH = 30;

/** One line that is drawn over itself on a terminal, and printed at each change of stage elsewhere. */
export function progressBar(stream: { isTTY?: boolean; write(text: string): unknown }) {
  let stage = '';
  let drawn = false;
  return {
    show(status: JobStatus, progress: Progress) {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${barLine(status, progress)}`);
        drawn = true;
      } else if (stage !== `${status} ${progress.stage}`) {
        stage = `${status} ${progress.stage}`;
        stream.write(`${stage}\n`);
      }
    },
    end() {
      if (drawn) stream.write('\n');
    },
  };
}

export function barLine(status: JobStatus, { value, stage, step, steps }: Progress): string {
  const filled = Math.round(value * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const percent = `${Math.round(value * 100)}%`.padStart(4);
  const detail = status !== 'active' ? status : step === undefined ? stage : `${stage} ${step}/${steps}`;
  return `${bar} ${percent}  ${detail}`;
}
