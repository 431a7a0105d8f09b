import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gridSchema, openGrid } from './grid.ts';

const open = (grid: object, images?: Record<string, string[]>) => openGrid(gridSchema.parse(grid), images);
const rows = ({ count, at }: ReturnType<typeof open>) => Array.from({ length: count }, (_, nth) => at(nth));

describe('a grid', () => {
  it('is every combination, the last axis fastest, each value in its own type', () => {
    const grid = open({
      template: { prompt: 'a {colour} car in {weather}', seed: '{seed}', keep: true },
      axes: { colour: ['red', 'blue'], weather: ['rain', 'snow'], seed: { range: [4, 5] } },
    });
    assert.equal(grid.count, 8);
    assert.deepEqual(grid.at(0), { prompt: 'a red car in rain', seed: 4, keep: true });
    assert.deepEqual(grid.at(1), { prompt: 'a red car in rain', seed: 5, keep: true });
    assert.deepEqual(grid.at(7), { prompt: 'a blue car in snow', seed: 5, keep: true });
  });

  it('steps zipped axes together, as far as the shortest goes', () => {
    const grid = open(
      {
        template: { prompt: '{word} {seed}', image: '{image}' },
        axes: { word: ['a', 'b', 'c'], image: { images: 'store://uploads/x/' }, seed: { seeds: 2 } },
        zip: [['word', 'image']],
      },
      { image: ['one', 'two'] },
    );
    assert.deepEqual(rows(grid), [
      { prompt: 'a 0', image: 'one' },
      { prompt: 'a 1', image: 'one' },
      { prompt: 'b 0', image: 'two' },
      { prompt: 'b 1', image: 'two' },
    ]);
  });

  it('counts ranges by their steps, down as well as up, without a rounding error', () => {
    const values = (range: number[]) =>
      rows(open({ template: { x: '{x}' }, axes: { x: { range } } })).map((row) => (row as { x: number }).x);
    assert.deepEqual(values([0, 0.3, 0.1]), [0, 0.1, 0.2, 0.3]);
    assert.deepEqual(values([5, 1, -2]), [5, 3, 1]);
    assert.deepEqual(values([1, 2.5]), [1, 2]);
  });

  it('has words for weather, the time of day and the season', () => {
    const axes = { when: { words: 'season' }, sky: { words: 'weather' } };
    const grid = open({ template: { prompt: 'a {sky} day in {when}' }, axes });
    assert.equal(grid.count, 32);
    assert.deepEqual(grid.at(9), { prompt: 'a cloudy day in summer' });
    assert.equal(
      gridSchema.safeParse({ template: { p: '{a}' }, axes: { a: { words: 'sky' } } }).success,
      false,
    );
  });

  it('draws a sample without repeats that a longer sample begins with', () => {
    const sample = (n: number, seed = 0) =>
      rows(
        open({ template: { seed: '{seed}' }, axes: { seed: { seeds: 1000 } }, sample: n, sample_seed: seed }),
      ).map((row) => (row as { seed: number }).seed);
    const ten = sample(10);
    const hundred = sample(100);
    assert.equal(new Set(hundred).size, 100);
    assert.deepEqual(hundred.slice(0, 10), ten);
    assert.notDeepEqual(sample(10, 1), ten);
    assert.equal(new Set(sample(5000)).size, 1000);
    const mean = hundred.reduce((sum, value) => sum + value, 0) / 100;
    assert.ok(mean > 350 && mean < 650, `a sample from everywhere, not around ${mean}`);
  });

  it('refuses axes that the template does not name, and zips of axes that are not there', () => {
    const problems = (grid: object) =>
      gridSchema.safeParse(grid).error?.issues.map(({ message }) => message) ?? [];
    assert.deepEqual(problems({ template: { prompt: 'x' }, axes: { a: ['1'] } }), [
      'the template has no {a}',
    ]);
    assert.deepEqual(problems({ template: { p: '{a}' }, axes: { a: ['1'] }, zip: [['a', 'b']] }), [
      'there is no axis b',
    ]);
  });
});
