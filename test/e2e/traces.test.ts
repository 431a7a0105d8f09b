import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startTestFarm, type TestFarm, until } from '@worldfarm/test-support';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';

const INPUT = { prompt: 'a red circle moves right', resolution: '256', num_output_frames: 25, steps: 4 };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT = '00f067aa0ba902b7';
const UNSAMPLED = '0af7651916cd43dd8448eb211c80319c';
const REPORT = `--import ${new URL('./report-opentelemetry.ts', import.meta.url).href}`;

function settings(otlp: OtlpReceiver, more: Record<string, string> = {}): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    NIM_JSONL_LOGGING: '1',
    NIM_MODEL_PROFILE: 'kernel-world',
    NODE_OPTIONS: REPORT,
    ...more,
  };
}

function infer(farm: TestFarm, headers: Record<string, string>): Promise<Response> {
  return fetch(`${farm.url}/v1/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(INPUT),
  });
}

describe('a farm that is told of a collector', () => {
  let otlp: OtlpReceiver;
  let farm: TestFarm;
  const hooks: string[] = [];
  const receiver = createServer((request, response) => {
    hooks.push(String(request.headers.traceparent));
    request.resume();
    response.writeHead(200).end();
  });
  const named = (name: string, trace = TRACE): ReceivedSpan => {
    const found = otlp.spans.find((span) => span.trace === trace && span.name === name);
    assert.ok(found, `a span ${name}`);
    return found;
  };
  let job: string;

  before(async () => {
    otlp = await startOtlpReceiver();
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    farm = await startTestFarm(settings(otlp));
    await infer(farm, { traceparent: `00-${UNSAMPLED}-${CLIENT}-00`, prefer: 'respond-async' });
    const reply = await infer(farm, {
      traceparent: `00-${TRACE}-${CLIENT}-01`,
      'worldfarm-webhook': `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
      'worldfarm-webhook-events': 'job.succeeded',
    });
    assert.equal(reply.status, 200);
    job = reply.headers.get('worldfarm-job-id')!;
    await until('the last span', () =>
      ['deliver', 'attempt', 'POST /v1/infer'].every((name) =>
        otlp.spans.some((span) => span.trace === TRACE && span.name === name),
      ),
    );
  });
  after(async () => {
    await farm.remove();
    receiver.close();
    await otlp.close();
  });

  it('tells one story of a job, from the caller through gateway and worker to the webhook', () => {
    const story = otlp.spans.filter(({ trace }) => trace === TRACE);
    const parents: Record<string, string> = {
      'POST /v1/infer': CLIENT,
      submit: named('POST /v1/infer').id,
      wait: named('submit').id,
      attempt: named('submit').id,
      inputs: named('attempt').id,
      render: named('attempt').id,
      encode: named('attempt').id,
      publish: named('attempt').id,
      deliver: named('submit').id,
    };
    assert.deepEqual(Object.fromEntries(story.map(({ name, parent }) => [name, parent])), parents);
    assert.equal(story.length, Object.keys(parents).length);
    const services: Record<string, string[]> = {
      'worldfarm-gateway': ['POST /v1/infer', 'submit'],
      'worldfarm-worker': ['attempt', 'encode', 'inputs', 'publish', 'render', 'wait'],
      'worldfarm-courier': ['deliver'],
    };
    for (const [service, names] of Object.entries(services)) {
      const made = story.filter((span) => span.service === service).map(({ name }) => name);
      assert.deepEqual(made.sort(), names, service);
    }
    assert.ok(story.every(({ failed }) => !failed));
  });

  it('names job, attempt, profile and tier in it', () => {
    for (const name of ['submit', 'wait', 'attempt', 'inputs', 'render', 'encode', 'publish']) {
      const { attributes } = named(name);
      assert.equal(attributes['worldfarm.job.id'], job, name);
      assert.equal(attributes['worldfarm.profile'], 'kernel-world', name);
      assert.equal(attributes['worldfarm.tier'], '256', name);
    }
    for (const name of ['wait', 'attempt', 'render']) {
      assert.equal(Number(named(name).attributes['worldfarm.attempt']), 1, name);
    }
    assert.equal(named('attempt').attributes['worldfarm.outcome'], 'succeeded');
    assert.equal(named('POST /v1/infer').attributes['worldfarm.job.id'], job);
    assert.equal(Number(named('POST /v1/infer').attributes['http.response.status_code']), 200);
    assert.equal(named('deliver').attributes['worldfarm.job.id'], job);
  });

  it('lets stages last as long as they did, inside of their attempt', () => {
    const stages = ['inputs', 'render', 'encode', 'publish'].map((name) => named(name).milliseconds);
    const sum = stages.reduce((total, each) => total + each, 0);
    assert.ok(named('render').milliseconds > 0);
    // A millisecond each for clocks that are read in whole ones.
    assert.ok(sum <= named('attempt').milliseconds + stages.length, `${sum} ms in stages`);
  });

  it('hands the trace on to the receiver of the webhook', () => {
    assert.deepEqual(hooks, [`00-${TRACE}-${named('deliver').id}-01`]);
  });

  it('writes the trace into the log lines of the job', () => {
    const lines = farm.output().split('\n');
    for (const message of ['job accepted', 'job started', 'job succeeded']) {
      const line = lines.find((each) => each.includes(`"msg":"${message}"`) && each.includes(job));
      assert.ok(line?.includes(`"trace_id":"${TRACE}"`), message);
    }
  });

  it('makes no span where the caller wants none', async () => {
    await until('the other job to end', async () => {
      const listed = await fetch(`${farm.url}/v1/jobs?status=succeeded`);
      return ((await listed.json()) as { data: unknown[] }).data.length === 2;
    });
    assert.equal(await farm.end('SIGTERM'), 0);
    assert.ok(!otlp.spans.some(({ trace }) => trace === UNSAMPLED));
    assert.ok(farm.output().includes('LOADED @opentelemetry/'), 'what the next test looks for is seen');
  });
});

describe('a farm whose tracing is turned off', () => {
  it('loads nothing of OpenTelemetry and sends nothing', async () => {
    const otlp = await startOtlpReceiver();
    const farm = await startTestFarm(settings(otlp, { OTEL_SDK_DISABLED: 'true' }));
    try {
      const reply = await infer(farm, { traceparent: `00-${TRACE}-${CLIENT}-01` });
      assert.equal(reply.status, 200);
      assert.equal(await farm.end('SIGTERM'), 0);
      assert.equal(otlp.requests(), 0);
      assert.ok(!farm.output().includes('LOADED'), farm.output());
      assert.ok(!farm.output().includes('trace_id'));
    } finally {
      await farm.remove();
      await otlp.close();
    }
  });
});
