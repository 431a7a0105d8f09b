import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { failsWith, make, scratch, testPicture } from '../testing/media.ts';
import { type Plan, QUIET } from './plan.ts';
import { runToBuffer, runToBytes } from './run.ts';

const SIDE = 512;
const FRAME = new Uint8Array(SIDE * SIDE * 3);

const copy: Plan = {
  input: [...QUIET, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s:v', `${SIDE}x${SIDE}`],
  output: ['-pix_fmt', 'rgb24', '-f', 'rawvideo'],
  failure: { type: 'render_failed', message: 'It broke.' },
  timeoutMs: 60_000,
};

/** Whether a process runs with this word in its arguments (where the system has /proc). */
async function isRunningWith(word: string): Promise<boolean> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.some((line) => line.includes(word));
}

describe('A run of ffmpeg', async () => {
  const folder = await scratch();

  it('carries every byte through, in order', async () => {
    async function* frames() {
      for (let n = 0; n < 4; n++) yield FRAME.map((_, i) => (i * (n + 1)) & 255);
    }
    const expected: Uint8Array[] = [];
    for await (const frame of frames()) expected.push(frame);
    assert.deepEqual(await runToBuffer(copy, frames()), Buffer.concat(expected));
  });

  it('keeps what ffmpeg wrote before it ended for a slow reader', async () => {
    // More than streams take by themselves, less than the pipe holds beside, so that ffmpeg can end unread.
    const side = 260;
    const marker = randomUUID();
    const plan: Plan = {
      ...copy,
      input: [...QUIET, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s:v', `${side}x${side}`],
      output: [...copy.output, '-metadata', `comment=${marker}`],
    };
    async function* frame() {
      yield FRAME.subarray(0, side * side * 3);
    }
    const bytes = runToBytes(plan, frame());
    let total = (await bytes.next()).value?.length ?? 0;
    assert.ok(total < side * side * 3, 'the rest still waits');
    for (let turn = 0; turn < 300 && (await isRunningWith(marker)); turn++) await setImmediate();
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    for await (const chunk of bytes) total += chunk.length;
    assert.equal(total, side * side * 3);
  });

  it('takes frames no faster than ffmpeg does', async () => {
    let pulled = 0;
    async function* endless() {
      for (; pulled < 5000; pulled++) yield FRAME;
    }
    for await (const _ of runToBytes(copy, endless())) break;
    assert.ok(pulled < 500, `${pulled} frames were pulled for one that was read`);
  });

  it('is over, process and all, once the loop is left', async () => {
    const input = await make(join(folder, 'long.avi'), ...testPicture({ width: 320, height: 240 }, 24, 240));
    const plan: Plan = { ...copy, input: [...QUIET, '-re'] };
    for await (const _ of runToBytes(plan, input)) {
      assert.ok(process.platform !== 'linux' || (await isRunningWith(input)));
      break;
    }
    assert.equal(await isRunningWith(input), false);
  });

  it('is over, process and all, once cancelling has rejected', async () => {
    const input = await make(
      join(folder, 'longer.avi'),
      ...testPicture({ width: 320, height: 240 }, 24, 240),
    );
    const controller = new AbortController();
    const bytes = runToBytes({ ...copy, input: [...QUIET, '-re'] }, input, controller.signal);
    await bytes.next();
    controller.abort(new Error('enough'));
    await assert.rejects(async () => {
      for await (const _ of bytes);
    }, /enough/);
    assert.equal(await isRunningWith(input), false);
  });

  it('says that it broke when ffmpeg dies in the middle of its input', async () => {
    async function* frames() {
      for (;;) yield FRAME;
    }
    const plan = { ...copy, output: ['-frames:v', '1', '-f', 'no-such-muxer'] };
    await assert.rejects(runToBuffer(plan, frames()), failsWith('render_failed', /^It broke\.$/));
  });
});
