import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { latest } from './latest.ts';

it('sends the newest value after each pause, one at a time, and none once stopped', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const sent: number[] = [];
  let answer = Promise.withResolvers<void>();
  const { tell, stop } = latest<number>((value) => {
    sent.push(value);
    return answer.promise;
  }, 100);
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  tell(1);
  tell(2);
  assert.deepEqual(sent, [], 'it waits first');
  mock.timers.tick(100);
  assert.deepEqual(sent, [2]);
  tell(3);
  tell(4);
  mock.timers.tick(1_000);
  assert.deepEqual(sent, [2], 'the first is still on its way');
  answer.resolve();
  answer = Promise.withResolvers();
  await turn();
  mock.timers.tick(100);
  assert.deepEqual(sent, [2, 4]);
  answer.resolve();
  await turn();
  tell(5);
  stop();
  tell(6);
  mock.timers.tick(1_000);
  assert.deepEqual(sent, [2, 4]);
});
