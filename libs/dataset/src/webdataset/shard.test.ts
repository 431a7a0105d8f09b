import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { extract } from 'tar-stream';
import { dueShards } from './plan.ts';
import { clipOffsets, shardBytes, type ShardMember, shardStream } from './shard.ts';

const member = (id: string, content: string, bytes = content.length): ShardMember => ({
  id,
  extension: 'mp4',
  bytes,
  json: JSON.stringify({ id, prompt: 'für alle' }),
  open: async () => Readable.from([Buffer.from(content)]),
});

async function unpack(tar: Buffer): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const reader = extract();
  Readable.from([tar]).pipe(reader);
  for await (const entry of reader)
    found.push([entry.header.name, (await buffer(entry as never)).toString()]);
  return found;
}

describe('a shard', () => {
  const members = [member('a', 'x'.repeat(700)), member('b', 'y'), member('c', 'z'.repeat(512))];

  it('is a tar of each clip with its JSON behind it, as long as was said', async () => {
    const tar = await buffer(shardStream(members));
    assert.equal(tar.length, shardBytes(members));
    const files = await unpack(tar);
    assert.deepEqual(
      files.map(([name]) => name),
      ['a.mp4', 'a.json', 'b.mp4', 'b.json', 'c.mp4', 'c.json'],
    );
    assert.equal(JSON.parse(files[3]![1]).prompt, 'für alle');
  });

  it('has each clip where it says', async () => {
    const tar = await buffer(shardStream(members));
    for (const [nth, offset] of clipOffsets(members).entries()) {
      const clip = tar.subarray(offset, offset + members[nth]!.bytes).toString();
      assert.equal(clip, (await unpack(tar))[nth * 2]![1]);
    }
  });

  it('comes out the same whenever it is written', async () => {
    const one = await buffer(shardStream(members));
    assert.deepEqual(await buffer(shardStream(members)), one);
  });

  it('fails when a clip is shorter than was said, or cannot be read', async () => {
    await assert.rejects(buffer(shardStream([member('a', 'short', 600)])));
    const broken = { ...member('a', 'x'), open: () => Promise.reject(new Error('gone')) };
    await assert.rejects(buffer(shardStream([broken])), /gone/);
  });
});

describe('shards that are due', () => {
  const clips = ['train', 'test', 'train', 'train', 'test'].map((split, row) => ({ row, split, bytes: 10 }));

  it('are full ones only, until the end', () => {
    assert.deepEqual(dueShards(clips, 20, false), [
      { split: 'train', rows: [0, 2] },
      { split: 'test', rows: [1, 4] },
    ]);
    assert.deepEqual(dueShards(clips, 20, true).at(1), { split: 'train', rows: [3] });
  });
});
