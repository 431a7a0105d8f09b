import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Admission, openGate } from './gate.ts';

type Admitted = Extract<Admission, { admitted: true }>;

function aGate() {
  const clock = { now: 1_000_000 };
  const gate = openGate({ perHost: 16, now: () => clock.now, random: () => 0 });
  const enter = (pulls = 1) => gate.enter('h', pulls);
  const admitted = async () => {
    const admission = await enter();
    assert.equal(admission.admitted, true);
    return admission as Admitted;
  };
  const afterMs = async (pulls = 1) => {
    const admission = await enter(pulls);
    return admission.admitted ? 0 : admission.afterMs;
  };
  const prove = async () => (await admitted()).leave('answered', 10);
  const fail = async (times: number) => {
    for (let n = 0; n < times; n++) (await admitted()).leave('silent', 10);
  };
  return { clock, gate, enter, admitted, afterMs, prove, fail };
}

describe('the gate of a host', () => {
  it('lets five in before the host has answered, and puts others off for a moment', async () => {
    const { admitted, afterMs } = aGate();
    for (let n = 0; n < 5; n++) await admitted();
    assert.deepEqual([await afterMs(1), await afterMs(2), await afterMs(3)], [250, 500, 1_000]);
  });

  it('puts off for longer when its first answer is overdue, for a minute at most', async () => {
    const { admitted, afterMs, clock } = aGate();
    for (let n = 0; n < 5; n++) await admitted();
    clock.now += 1_000;
    assert.deepEqual([await afterMs(1), await afterMs(2), await afterMs(3)], [20_000, 40_000, 60_000]);
  });

  it('is not judged by calls that were never made', async () => {
    const { admitted, gate, fail } = aGate();
    await fail(4);
    for (let n = 0; n < 9; n++) (await admitted()).leave('unheard');
    assert.equal(gate.closedFor('h'), 0);
    await fail(1);
    assert.equal(gate.closedFor('h'), 30_000);
  });

  it('gives a place back once, however often that is said', async () => {
    const { admitted, afterMs } = aGate();
    const [first] = await Promise.all([1, 2, 3, 4, 5].map(() => admitted()));
    first!.leave('silent');
    first!.leave('unheard');
    await admitted();
    assert.ok((await afterMs()) > 0);
  });

  it('lets its whole share in once it has answered', async () => {
    const { admitted, prove } = aGate();
    await prove();
    for (let n = 0; n < 16; n++) await admitted();
  });

  it('queues for a full host that is swift, first come first served', async () => {
    const { admitted, prove, enter } = aGate();
    await prove();
    const inside = await Promise.all(Array.from({ length: 16 }, () => admitted()));
    const order: string[] = [];
    const [a, b] = [enter().then(() => order.push('a')), enter().then(() => order.push('b'))];
    inside[0]!.leave('answered', 10);
    await a;
    assert.deepEqual(order, ['a']);
    inside[1]!.leave('answered', 10);
    await b;
    assert.deepEqual(order, ['a', 'b']);
  });

  it('puts off what comes to a full host that is slow, or has been silent for a while', async () => {
    const slow = aGate();
    (await slow.admitted()).leave('answered', 5_000);
    for (let n = 0; n < 16; n++) await slow.admitted();
    assert.equal(await slow.afterMs(), 250);
    const silent = aGate();
    await silent.prove();
    for (let n = 0; n < 16; n++) await silent.admitted();
    silent.clock.now += 2_001;
    assert.equal(await silent.afterMs(), 250);
  });

  it('closes after five failures in a row, for half a minute', async () => {
    const { fail, afterMs, gate, clock } = aGate();
    await fail(4);
    assert.equal(gate.closedFor('h'), 0);
    await fail(1);
    assert.equal(gate.closedFor('h'), 30_000);
    clock.now += 10_000;
    assert.equal(await afterMs(), 20_000);
    assert.equal(gate.closedFor('another'), 0);
  });

  it('stays open when an answer comes in between', async () => {
    const { fail, prove, gate } = aGate();
    await fail(4);
    await prove();
    await fail(4);
    assert.equal(gate.closedFor('h'), 0);
  });

  it('lets one through when the pause is over; its failure doubles the pause, its answer ends it', async () => {
    const { fail, admitted, afterMs, gate, clock } = aGate();
    await fail(5);
    clock.now += 30_000;
    const probe = await admitted();
    assert.ok((await afterMs()) > 0);
    probe.leave('silent', 10);
    assert.equal(gate.closedFor('h'), 60_000);
    clock.now += 60_000;
    (await admitted()).leave('answered', 10);
    assert.equal(gate.closedFor('h'), 0);
    for (let n = 0; n < 16; n++) await admitted();
  });

  it('pauses for ten minutes at most', async () => {
    const { fail, gate, clock } = aGate();
    await fail(5);
    for (let n = 0; n < 9; n++) {
      clock.now += gate.closedFor('h');
      await fail(1);
    }
    assert.equal(gate.closedFor('h'), 600_000);
  });

  it('counts calls that fail together once', async () => {
    const { prove, admitted, gate } = aGate();
    await prove();
    const inside = await Promise.all(Array.from({ length: 16 }, () => admitted()));
    for (const { leave } of inside) leave('silent', 10);
    assert.equal(gate.closedFor('h'), 30_000);
  });
});
