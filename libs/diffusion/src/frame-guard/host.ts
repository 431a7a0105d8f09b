import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openSession } from '../session/onnx.ts';
import { usableProviders } from '../session/providers.ts';
import type { Answer, GuardData, Question } from './protocol.ts';
import { toPlanes } from './picture.ts';

/** The classifier's thread: running a graph blocks the thread that it is called in. */
const { dir, spec, options } = workerData as GuardData;
const port = parentPort!;
const say = (answer: Answer) => port.postMessage(answer);

try {
  const { providers } = await usableProviders(options);
  const session = await openSession(join(dir, spec.file), spec.file, { ...options, providers });
  const [input] = session.inputs.keys();
  const [output] = session.outputs.keys();
  port.on('message', async ({ id, frame, size }: Question) => {
    try {
      const data = toPlanes(frame, size, spec);
      const results = await session.run({ [input!]: { dims: [1, 3, spec.height, spec.width], data } });
      say({ id, score: results[output!]!.data.reduce((most, value) => Math.max(most, value), 0) });
    } catch (error) {
      say({ id, problem: error instanceof Error ? error.message : String(error) });
    }
  });
  say({ id: 0, score: 0 });
} catch (error) {
  say({ id: 0, problem: error instanceof Error ? error.message : String(error) });
}
