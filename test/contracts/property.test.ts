import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import {
  type ErrorEnvelope,
  families,
  type Family,
  type JobRecord,
  type JobSpec,
  RESOLUTION_KEYS,
} from '@worldfarm/core';
import { startGateway, type TestGateway, tinyPng } from '@worldfarm/gateway/testing';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import fc from 'fast-check';

/** Bodies in all; half of them are broken on purpose. */
const BODIES = 20_000;
const AT_ONCE = 32;

let redis: TestRedis;
let test: TestGateway;
let queued = 0;

before(async () => {
  redis = await startRedis();
  test = await startGateway({
    redisUrl: redis.url,
    environment: { NIM_ALLOW_URL_INPUT: '0', NIM_LOG_LEVEL: 'error' },
  });
  // Queue and storage are not what is tested here: the one only counts what reaches it.
  test.farm.jobs.submit = async (spec: JobSpec) => {
    queued++;
    return { record: recordOf(spec), existing: false };
  };
  test.gateway.store.put = async () => ({ created: false, bytes: 0 });
  test.farm.jobs.get = async () => undefined;
  test.farm.jobs.position = async () => 0;
});
after(async () => {
  agent.destroy();
  await test.close();
  await redis.stop();
});

const recordOf = (spec: JobSpec): JobRecord => ({
  spec,
  status: 'queued',
  attempt: 0,
  fence: 0,
  progress: { value: 0, stage: 'queued' },
  failures: [],
  metrics: {},
  cancelRequested: false,
});

const image = tinyPng().toString('base64');
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const prompt = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).map((text) => `p${text}`);
const number = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });
const seed = fc.integer({ min: 0, max: 4_294_967_295 });
const shared = { negative_prompt: maybe(fc.string({ maxLength: 40 })), seed: maybe(seed) };
const generatorFrames = fc.integer({ min: 6, max: 49 }).map((k) => 4 * k + 1);

const VALID: Partial<Record<Family, fc.Arbitrary<Record<string, unknown>>>> = {
  'cosmos3-generator': fc.record({
    prompt,
    ...shared,
    image: maybe(fc.constantFrom(image, `data:image/png;base64,${image}`, '', '  ')),
    guidance_scale: maybe(number(1, 7)),
    steps: maybe(fc.integer({ min: 1, max: 100 })),
    resolution: maybe(fc.constantFrom(...RESOLUTION_KEYS)),
    num_output_frames: maybe(generatorFrames),
    fps: maybe(number(1, 60)),
  }),
  predict1: fc.record({
    prompt,
    ...shared,
    prompt_upsampling: maybe(fc.boolean()),
    image: maybe(fc.constant(image)),
    guidance_scale: maybe(number(1, 10)),
    steps: maybe(fc.integer({ min: 1, max: 100 })),
    video_params: fc.record({
      height: maybe(fc.integer({ min: 8, max: 160 }).map((n) => n * 8)),
      width: maybe(fc.integer({ min: 8, max: 160 }).map((n) => n * 8)),
      frames_count: maybe(fc.integer({ min: 1, max: 481 })),
      frames_per_sec: maybe(fc.integer({ min: 1, max: 60 })),
    }),
  }),
  cosmos3: fc.record({
    model_mode: fc.constantFrom('text2video', 'text2image'),
    prompt,
    ...shared,
    guidance_scale: maybe(number(1, 7)),
    num_inference_steps: maybe(fc.integer({ min: 1, max: 100 })),
    flow_shift: maybe(number(1, 20)),
    resolution: maybe(fc.constantFrom(...RESOLUTION_KEYS)),
  }),
};
const valid = fc.oneof(...Object.values(VALID));

/** Things that nothing takes. */
const nonsense = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    [[]],
    '',
    'x',
    true,
    -1,
    Number.MAX_VALUE,
    0.5,
    2 ** 53,
    'upload://x',
    '\u0000',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const fieldName = fc.oneof(
  fc.constantFrom(
    'seed',
    'steps',
    'fps',
    'resolution',
    'image',
    'video',
    'edge',
    'video_params',
    'model_mode',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'num_frames',
    'prompt',
    'transfer',
    'input_reference',
  ),
  fc.string({ maxLength: 12 }),
);

/** A body that was valid until something was put into it, or that never was one. */
const broken = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(valid, fieldName, nonsense).map(([body, name, value]) => put(body, name, value)),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.tuple(valid, fc.nat(60)).map(([body, at]) => JSON.stringify(body).slice(0, at)),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 60 }) },
);

function put(body: object, name: string, value: unknown): string {
  const text = JSON.stringify(body).slice(0, -1);
  return `${text}${text === '{' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}}`;
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const HEADERS = { 'content-type': 'application/json', prefer: 'respond-async' };

/** Plain node:http: thousands of calls are quicker without fetch's streams. */
async function send(body: string): Promise<{ status: number; text: string }> {
  const calling = request(`${test.url}/v1/infer`, { method: 'POST', agent, headers: HEADERS });
  calling.end(body);
  const [response] = (await once(calling, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode!, text };
}

async function sendAll(
  bodies: readonly string[],
  check: (body: string, status: number, text: string) => void,
) {
  const waiting = [...bodies];
  const lane = async () => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) {
      const { status, text } = await send(body);
      check(body, status, text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

describe(`${BODIES} bodies`, () => {
  it('that are valid become jobs', async () => {
    const bodies = fc
      .sample(valid, { numRuns: BODIES / 2, seed: 20261122 })
      .map((body) => JSON.stringify(body));
    const before = queued;
    let accepted = 0;
    await sendAll(bodies, (body, status, text) => {
      assert.ok(status === 202 || isFair(body, text), `${status} ${body} ${text}`);
      if (status === 202) accepted++;
    });
    assert.equal(queued - before, accepted);
    assert.ok(accepted > bodies.length * 0.8, `${accepted} of ${bodies.length}`);
  });

  it('that are broken are refused by field, with no job', async () => {
    const bodies = fc.sample(broken, { numRuns: BODIES / 2, seed: 20261123 });
    const before = queued;
    let refused = 0;
    await sendAll(bodies, (body, status, text) => {
      assert.ok(status < 500, `${status} ${body} ${text}`);
      if (status === 202) return;
      refused++;
      const { error, detail } = JSON.parse(text) as ErrorEnvelope;
      assert.ok(status >= 400, `${status} ${body}`);
      assert.equal(error.code, status);
      assert.ok(error.type === 'unsupported_mode' || error.param, `no field: ${body} ${text}`);
      assert.ok(detail.length > 0);
      assert.ok(!/node_modules|\.ts:|at Object|\/work\//.test(text), text);
    });
    assert.equal(queued - before, bodies.length - refused);
    assert.ok(refused > bodies.length / 2, `${refused} of ${bodies.length}`);
    assert.equal(test.log.length, 0, 'nothing was an error of ours');
  });
});

/** Lengths are drawn without looking at their tier: too long for it is a fair answer. */
function isFair(body: string, text: string): boolean {
  const { error } = JSON.parse(text) as ErrorEnvelope;
  return error.param === 'num_output_frames' && /num_output_frames/.test(body);
}

it('every dialect but those that need a clip is generated', () => {
  const left = Object.keys(families).filter((family) => !(family in VALID));
  assert.deepEqual(left.sort(), ['predict2.5', 'transfer2.5']);
});
