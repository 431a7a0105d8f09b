import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitsGrace } from './drain.ts';

test('a render is finished when its pace says that it fits the grace period', () => {
  assert.equal(fitsGrace({ seconds: 10, value: 0.5 }, 0, 25), 'fits');
  assert.equal(fitsGrace({ seconds: 100, value: 0.5 }, 0, 25), 'too-long');
});

test('nothing is said before something is done', () => {
  assert.equal(fitsGrace({ seconds: 10, value: 0.01 }, 0, 25), 'unknown');
});

test('the part that a checkpoint brought says nothing about the pace', () => {
  assert.equal(fitsGrace({ seconds: 60, value: 0.6 }, 0.5, 25), 'too-long');
  assert.equal(fitsGrace({ seconds: 60, value: 0.52 }, 0.5, 25), 'unknown');
});
