/**
 * Decodes latent frames at 832x480 through the streaming autoencoder of a test profile and prints the peak memory of
 * the process in MB: `node decode-memory.ts <latent frames>`. The benchmark runs it for short and long clips.
 */
import { join } from 'node:path';
import { loadProfile } from '../engine/load.ts';
import { readPipeline } from '../pipelines/registry.ts';
import { sampleRequest } from '../engine/sample-request.ts';
import { toRgb } from '../tensor/rgb.ts';
import { tensor } from '../tensor/tensor.ts';
import { FIXTURES } from './fixtures.ts';

const latentFrames = Number(process.argv[2]);
const { profile, pipeline } = await loadProfile(join(FIXTURES, 'predict2.5'), { threads: 2, digests: false });
const request = sampleRequest(profile);
const render = await pipeline.begin(request, readPipeline(profile).plan(request), (dims) => tensor(dims));
let bytes = 0;
for await (const frames of render.decode(tensor([1, 16, latentFrames, 60, 104])))
  bytes += toRgb(frames).length;
if (bytes !== (1 + (latentFrames - 1) * 4) * 832 * 480 * 3) throw new Error(`${bytes} bytes were decoded`);
process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
