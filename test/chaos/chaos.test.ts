import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, isSound } from './report.ts';
import { runChaos } from './run.ts';

/** The short form; `npm run test:chaos` has 2,000 jobs, and 20,000 with `-- --long`. */
test('a farm whose every part is killed, stopped or paused loses nothing and renders nothing twice', async () => {
  const report = await runChaos({
    jobs: 100,
    workers: 3,
    gateways: 2,
    seed: 5,
    everyMs: 1000,
    stepMs: 40,
    say: () => {},
  });
  assert.ok(isSound(report), `${describe(report).join('\n')}\n${JSON.stringify(report.broken, null, 2)}`);
  assert.equal(report.accepted.length, 100);
  assert.ok(
    Object.values(report.actions).every((times) => times > 0),
    'everything was done to it at least once',
  );
});
