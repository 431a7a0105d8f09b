import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Command } from 'commander';
import { webhooksCommand } from './webhooks.ts';

const DELIVERY = {
  id: 'dlv_j1_3_own',
  status: 'pending',
  type: 'job.failed',
  job: 'j1',
  url: 'https://hooks.example/',
  attempts: [{ attempt: 1, status: 500, error: 'answered 500', latency_ms: 7 }],
  next_attempt_at: '2030-01-01T00:00:00.000Z',
};
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  const path = request.url!.split('?')[0]!;
  const answers: Record<string, object> = {
    '/v1/webhooks/deliveries': { data: [DELIVERY] },
    '/v1/webhooks/deliveries/d1/redeliver': DELIVERY,
    '/v1/webhooks/endpoints/ep_1/test': { delivery: 'dlv_t_1_ep_1' },
    '/v1/webhooks/endpoints/ep_1/secret/rotate': { secret: 'whsec_new', previous_until: 'then' },
    '/v1/webhooks/secret': { secret: 'whsec_now' },
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[path] ?? {}));
});

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function run(...args: string[]): Promise<string[]> {
  const said: string[] = [];
  const { port } = server.address() as AddressInfo;
  const program = new Command('worldfarm').option('--url <url>', '', `http://127.0.0.1:${port}`);
  program.addCommand(webhooksCommand((line) => void said.push(line)));
  await program.parseAsync(['node', 'worldfarm', 'webhooks', ...args]);
  return said;
}

describe('worldfarm webhooks', () => {
  it('lists deliveries with the outcome of the last try and the time of the next', async () => {
    assert.deepEqual(await run('deliveries', '--job', 'j1', '--status', 'pending'), [
      'dlv_j1_3_own  pending  job.failed  j1  https://hooks.example/  1 try  answered 500  next 2030-01-01T00:00:00.000Z',
    ]);
    assert.equal(asked.at(-1), 'GET /v1/webhooks/deliveries?job=j1&status=pending&limit=20');
  });

  it('lists whole deliveries as JSON lines', async () => {
    assert.deepEqual(JSON.parse((await run('deliveries', '--json'))[0]!), DELIVERY);
  });

  it('sends one again, tests an endpoint, shows and rotates secrets', async () => {
    assert.deepEqual(await run('redeliver', 'd1'), ['d1 pending']);
    assert.deepEqual(await run('test', 'ep_1'), ['dlv_t_1_ep_1 on its way']);
    assert.deepEqual(await run('secret', 'show'), ['whsec_now']);
    assert.deepEqual(await run('secret', 'rotate', '--endpoint', 'ep_1', '--overlap', '1h'), ['whsec_new']);
    assert.deepEqual(asked.slice(-4), [
      'POST /v1/webhooks/deliveries/d1/redeliver',
      'POST /v1/webhooks/endpoints/ep_1/test',
      'GET /v1/webhooks/secret',
      'POST /v1/webhooks/endpoints/ep_1/secret/rotate?overlap=1h',
    ]);
  });
});
