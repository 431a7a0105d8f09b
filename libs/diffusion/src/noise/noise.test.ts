import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circle, ln } from './elementary.ts';
import { normal } from './normal.ts';
import { philox } from './philox.ts';

test('Philox gives the published known answers', () => {
  const out = new Uint32Array(4);
  const hex = () => [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ');
  philox([0, 0, 0, 0], [0, 0], out);
  assert.equal(hex(), '6627e8d5 e169c58d bc57ac4c 9b00dbd8');
  const ones = 0xffffffff;
  philox([ones, ones, ones, ones], [ones, ones], out);
  assert.equal(hex(), '408f276d 41c83b0e a20bc7c6 6d5451fd');
  philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], out);
  assert.equal(hex(), 'd16cfe09 94fdcceb 5001e420 24126ea1');
});

test('logarithm and circle agree with Math to the last digits', () => {
  const point = new Float64Array(2);
  for (let i = 0; i < 20_000; i++) {
    const u = (i + 0.5) / 20_000;
    assert.ok(Math.abs(ln(u) - Math.log(u)) <= 1e-15 * Math.max(1, Math.abs(Math.log(u))));
    circle(u, point);
    assert.ok(Math.abs(point[0]! - Math.cos(2 * Math.PI * u)) < 1e-15);
    assert.ok(Math.abs(point[1]! - Math.sin(2 * Math.PI * u)) < 1e-15);
  }
  assert.ok(Math.abs(ln(0.5 / 2 ** 32) - Math.log(0.5 / 2 ** 32)) < 1e-14);
});

test('noise is the same numbers for ever', () => {
  const values = [...normal([5], 1234, { purpose: 'latents' }).data];
  assert.deepEqual(
    values.map(Math.fround),
    [1.2291553020477295, -1.6164904832839966, 0.4646211266517639, -1.5605405569076538, 0.743367075920105],
  );
});

test('noise is standard normal', () => {
  const { data } = normal([200_000], 7, { purpose: 'step', step: 3 });
  const moment = (k: number) => data.reduce((sum, x) => sum + x ** k, 0) / data.length;
  assert.ok(Math.abs(moment(1)) < 0.01);
  assert.ok(Math.abs(moment(2) - 1) < 0.01);
  assert.ok(Math.abs(moment(3)) < 0.03);
  assert.ok(Math.abs(moment(4) - 3) < 0.05);
});

test('seeds, windows, steps, branches and purposes draw different numbers, and a size that 4 does not divide is a prefix', () => {
  const first = (seed: number, stream: Parameters<typeof normal>[2]) => normal([4], seed, stream).data[0];
  const draws = [
    first(1, { purpose: 'latents' }),
    first(2, { purpose: 'latents' }),
    first(1 + 2 ** 32, { purpose: 'latents' }),
    first(1, { purpose: 'step' }),
    first(1, { purpose: 'step', step: 1 }),
    first(1, { purpose: 'step', branch: 1 }),
    first(1, { purpose: 'latents', window: 1 }),
  ];
  assert.equal(new Set(draws).size, draws.length);
  const long = normal([8], 5, { purpose: 'latents' }).data;
  assert.deepEqual([...normal([7], 5, { purpose: 'latents' }).data], [...long.slice(0, 7)]);
});
