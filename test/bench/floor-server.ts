/** What accepting a job costs at least: bare Express, one parsed body, one `Queue.add`. */
import type { AddressInfo } from 'node:net';
import { Queue } from 'bullmq';
import express from 'express';

const [redisUrl] = process.argv.slice(2);
const { hostname, port } = new URL(redisUrl!);
const queue = new Queue('floor', { connection: { host: hostname, port: Number(port) } });
const app = express();
app.use(express.json({ limit: '10mb' }));
app.post('/v1/infer', async (request, response) => {
  const { image: _, ...small } = request.body as Record<string, unknown>;
  const job = await queue.add('render', small);
  response.status(202).json({ id: job.id });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
