import { setTimeout as wait } from 'node:timers/promises';

/** A job that a gateway said yes to. */
export interface Accepted {
  readonly id: string;
  readonly seed: number;
}

interface SubmitOptions {
  readonly urls: readonly string[];
  readonly profile: string;
  readonly jobs: number;
  /** calls on their way at once */
  readonly parallel: number;
  readonly onRefused: () => void;
}

const PAUSE_MS = 100;

/**
 * Submits jobs over HTTP as a careful client does: each with an Idempotency-Key, again at the next gateway
 * until one says yes. What is returned has been accepted, and must succeed.
 */
export async function submitAll(options: SubmitOptions): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  let next = 0;
  const one = async () => {
    while (next < options.jobs) {
      const seed = next++;
      accepted.push({ id: await submit(seed, options), seed });
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, one));
  return accepted;
}

async function submit(seed: number, { urls, profile, onRefused }: SubmitOptions): Promise<string> {
  const body = JSON.stringify({
    profile,
    input: { prompt: `clip ${seed}`, seed, steps: 4, resolution: '256', num_output_frames: 25 },
    priority: (['high', 'normal', 'low'] as const)[seed % 3],
  });
  for (let attempt = seed; ; attempt++) {
    const reply = await fetch(`${urls[attempt % urls.length]}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `chaos-${seed}` },
      body,
      signal: AbortSignal.timeout(20_000),
    }).catch(() => undefined);
    const answer = await reply?.json().catch(() => undefined);
    if (reply?.status === 202 && answer) return (answer as { id: string }).id;
    if (reply && reply.status < 500 && answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
    onRefused();
    await wait(PAUSE_MS);
  }
}
