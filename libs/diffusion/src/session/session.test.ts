import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EngineError } from '../errors.ts';
import { opsetOf } from '../profile/opset.ts';
import { tensor } from '../tensor/tensor.ts';
import { type ELEMENT, unaryGraph } from './tiny-graph.ts';
import { openSession } from './onnx.ts';
import { runtimeOptions } from './options.ts';
import { usableProviders } from './providers.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'graphs-'));
});
after(() => rm(dir, { recursive: true }));

type Element = keyof typeof ELEMENT;

async function open(op: string, from: Element, to: Element = from) {
  const path = join(dir, `${op}-${from}-${to}.onnx`);
  await writeFile(path, unaryGraph(op, from, to));
  return openSession(path, 'graph.onnx', { threads: 1 });
}

const x = tensor([3], Float32Array.of(1.5, -2, 0.25));

test('float32 values go into and come out of graphs of other float types', async () => {
  for (const type of ['float32', 'float16', 'float64'] as const) {
    const session = await open('Neg', type);
    assert.equal(session.inputs.get('x')?.type, type);
    const { y } = await session.run({ x });
    assert.deepEqual([y!.dims, [...y!.data]], [[3], [-1.5, 2, -0.25]]);
    await session.release();
  }
});

test('whole numbers go into graphs of integer and boolean types', async () => {
  for (const type of ['int64', 'int32', 'bool'] as const) {
    const session = await open('Cast', type, 'float32');
    const { y } = await session.run({ x: { dims: [3], integers: [1, 0, 1] } });
    assert.deepEqual([...y!.data], [1, 0, 1]);
  }
});

test('a kept output passes to the next graph as it is, and runs are timed', async () => {
  const session = await open('Neg', 'float16');
  const { tensors, kept } = await session.runKeeping({ x }, (name) => name === 'y');
  assert.deepEqual(tensors, {});
  const { y } = await session.run({ x: kept.y! });
  assert.deepEqual([...y!.data], [...x.data]);
  assert.ok(session.seconds > 0);
});

test('a graph that fails at run time is an engine error with the name of its file', async () => {
  const session = await open('Neg', 'float32');
  const failed = (error: unknown) => error instanceof EngineError && error.message.startsWith('graph.onnx: ');
  await assert.rejects(session.run({}), failed);
});

test('an optimised graph is written once and read afterwards, but not where weights lie beside the graph', async () => {
  const cacheDir = join(dir, 'cache');
  const path = join(dir, 'cached.onnx');
  await writeFile(path, unaryGraph('Neg', 'float32'));
  for (let load = 0; load < 2; load++) {
    const session = await openSession(path, 'graph.onnx', { threads: 1, cacheDir });
    assert.deepEqual([...(await session.run({ x })).y!.data], [-1.5, 2, -0.25]);
    assert.equal((await readdir(cacheDir)).length, 1);
  }
  await writeFile(join(dir, 'weights.data'), '');
  await writeFile(path, unaryGraph('Abs', 'float32'));
  await openSession(path, 'graph.onnx', { threads: 1, cacheDir });
  assert.equal((await readdir(cacheDir)).length, 1);
});

test('the operator set is read from the file alone', async () => {
  const path = join(dir, 'opset.onnx');
  await writeFile(path, unaryGraph('Neg', 'float32', 'float32', 99));
  assert.equal(await opsetOf(path), 99);
});

test('providers that do not work here are passed over for the next, with the reason', async () => {
  const plain = await usableProviders({});
  assert.deepEqual(plain, { providers: ['cpu'], passedOver: [] });
  // No package has Windows' and Apple's providers at once, and none has a device 63.
  const { providers, passedOver } = await usableProviders({
    providers: ['dml', 'coreml', 'cuda', 'cpu'],
    deviceId: 63,
  });
  assert.equal(providers.at(-1), 'cpu');
  assert.ok(passedOver.length >= 2);
  for (const { name, reason } of passedOver) assert.ok(reason.length > 10, `${name}: ${reason}`);
  const absent = passedOver.map(({ name }) => name);
  await assert.rejects(usableProviders({ providers: absent, deviceId: 63 }), (error) => {
    assert.ok(error instanceof EngineError);
    for (const name of absent) assert.ok(error.message.includes(`${name}: `));
    return true;
  });
});

test('an execution provider that onnxruntime has nowhere is refused, whatever follows it', async () => {
  await assert.rejects(usableProviders({ providers: ['tpu', 'cpu'] }), /no execution provider tpu, only cpu/);
});

test('options become those of the runtime: devices where they exist, threads that do not spin', () => {
  const options = runtimeOptions({ providers: ['cuda', 'cpu'], deviceId: 2, threads: 4 });
  assert.deepEqual(options.executionProviders, [{ name: 'cuda', deviceId: 2 }, 'cpu']);
  assert.deepEqual(runtimeOptions({ providers: ['webgpu'], deviceId: 1 }).executionProviders, ['webgpu']);
  assert.equal(options.intraOpNumThreads, 4);
  assert.deepEqual(options.extra, {
    session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' },
  });
  assert.equal(runtimeOptions({}, { read: true }).graphOptimizationLevel, 'disabled');
  assert.equal(runtimeOptions({}, { write: '/x' }).optimizedModelFilePath, '/x');
});
