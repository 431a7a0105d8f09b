import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderUnderFire } from './kill.ts';

/** The short form; `npm run test:chaos -- batch` has 1,000 clips and five kills. */
describe('a batch whose whole farm is killed again and again', () => {
  it('ends with every real clip there once, as its manifest says, and renders nothing when asked again', async () => {
    const report = await renderUnderFire({
      clips: 8,
      kills: 2,
      profile: 'kernel-world',
      layout: 'folder',
      seed: 7,
    });
    assert.deepEqual(report.faults, []);
    assert.equal(report.killedAt.length, 2);
    assert.equal(report.rendered, 8);
    assert.equal(report.again.renders, 0);
  });

  for (const layout of ['webdataset', 'lerobot'] as const) {
    it(`does so as ${layout}`, async () => {
      const report = await renderUnderFire({ clips: 24, kills: 1, profile: 'null', layout, seed: 11 });
      assert.deepEqual(report.faults, []);
      assert.equal(report.rendered, 24);
    });
  }
});
