import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clipLine } from '../clip-line.ts';
import { episodesOf } from '../lerobot/tables.ts';
import { aClip } from '../testing/clip.ts';
import { croissant } from './croissant.ts';
import { datasetCard } from './readme.ts';
import { startStatistics } from './statistics.ts';

const numbers = () => {
  const statistics = startStatistics();
  statistics.add(aClip({ prompt: 'a red car in rain', split: 'train' }));
  statistics.add(aClip({ id: 'b', prompt: 'a red car', split: 'test', near_duplicate_of: 'a' }));
  return statistics.result();
};
const facts = {
  name: 'cars',
  license: 'cc-by-4.0',
  layout: 'folder',
  batch: 'batch_1',
  notices: ['It recalls known clips.'],
  counts: { failed: 1, canceled: 0, invalid: 2 },
  contactSheet: true,
} as const;

describe('a dataset card', () => {
  it('counts clips, splits and prompts, and says what is missing', () => {
    const card = datasetCard(facts, numbers());
    assert.match(card, /\| clips \| 2 \(1 failed, 2 lines were refused\) \|/);
    assert.match(card, /\| splits \| train: 1, test: 1 \|/);
    assert.match(card, /2 different prompts of 3 to 5 words, 4\.0 on average/);
    assert.match(card, /\| near duplicates \| 1 \|/);
    assert.match(card, /> It recalls known clips\./);
    assert.match(card, / {2}- split: test\n {4}path: "data\/test\/\*\*"/);
    assert.match(card, /- synthetic\n/);
  });
});

describe('Croissant', () => {
  it('says that the data is synthetic, and where its manifest is', () => {
    const manifest = { bytes: 5, sha256: 'ab' };
    const described = croissant(
      { ...facts, description: 'Cars.', version: '1.0.0', created: '2026-01-01', manifest },
      numbers(),
    );
    assert.deepEqual(described['rai:dataCollectionType'], ['Synthetic data']);
    assert.equal(described.distribution[0]!.sha256, 'ab');
    assert.equal(described.conformsTo, 'http://mlcommons.org/croissant/1.0');
    assert.deepEqual(described.recordSet[0]!.field[0]!.source.extract, { column: 'id' });
  });
});

describe('the line of a clip', () => {
  it('writes fractions with a point, so that whole ones have the same type', () => {
    const line = clipLine(aClip({ guidance: 3, fps: 23.976 }), { file_name: 'a.mp4' });
    assert.match(line, /"guidance": 3\.0, "fps": 23\.976, "frames": 25,/);
    assert.equal(JSON.parse(line).motion, null);
    assert.equal(Object.keys(JSON.parse(line))[0], 'file_name');
  });
});

describe('episodes', () => {
  it('follow one another without a gap, and share the tasks of equal prompts', () => {
    const clip = (file: number, prompt: string) => ({ file, split: 'train', frames: 25, fps: 24, prompt });
    const { episodes, tasks } = episodesOf([clip(0, 'go'), clip(1, 'stop'), clip(2, 'go')]);
    assert.deepEqual(
      episodes.map(({ from, taskIndex }) => [from, taskIndex]),
      [
        [0, 0],
        [25, 1],
        [50, 0],
      ],
    );
    assert.deepEqual(tasks, [
      { task: 'go', index: 0 },
      { task: 'stop', index: 1 },
    ]);
  });
});
