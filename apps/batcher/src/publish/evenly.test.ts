import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evenly } from './evenly.ts';

describe('some of many', () => {
  const taken = (count: number, most: number) => {
    const some = evenly<number>(most);
    for (let n = 0; n < count; n++) some.add(n);
    return some.taken();
  };

  it('are all of them where there are few', () => {
    assert.deepEqual(taken(0, 4), []);
    assert.deepEqual(taken(3, 4), [0, 1, 2]);
  });

  it('come from the beginning, the middle and the end alike, however many there are', () => {
    for (const count of [6, 7, 8, 9, 24, 1000]) {
      const some = taken(count, 4);
      assert.equal(some.length, 4);
      for (const [nth, at] of some.entries())
        assert.ok(Math.abs(at - (nth * count) / 4) <= count / 4, `${nth} of ${count}: ${some}`);
      assert.ok(some[3]! >= count / 2, `${count}: ${some}`);
    }
  });
});
