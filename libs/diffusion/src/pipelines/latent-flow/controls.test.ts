import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FarmError, type Profile, profileSchema } from '@worldfarm/core';
import type { RenderRequest } from '../../request.ts';
import type { Feed, Session } from '../../session/session.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { RED_CIRCLE } from '../../test-support/render.ts';
import type { PartLoader } from '../pipeline.ts';
import { readPipeline } from '../registry.ts';

/** A profile with controls, a frame rate input, free sizes, and a network that makes depth maps. */
const profile: Profile = profileSchema.parse({
  schema: 1,
  id: 'stub',
  name: 'Stub',
  version: '1',
  description: '',
  families: ['cosmos3'],
  modes: ['text2video', 'transfer', 'text2image', 'video2video'],
  controls: ['edge', 'depth'],
  tiers: ['256'],
  engine: 'onnx',
  native: { sizes: [{ width: 32, height: 16 }], frames: 9, fps: 24 },
  pipeline: {
    type: 'latent-flow',
    guidance: { form: 'u+s(c-u)' },
    latent: { channels: 2, spatial: 16, temporal: 4 },
    overlap: 5,
    defaults: { steps: 2, guidance: 3 },
  },
  scheduler: { type: 'rectified-flow', shift: 1 },
  components: { depth: { file: 'depth.onnx' } },
  tokenizer: { file: 'tokenizer.json', max_length: 4, pad_id: 0 },
});

type Feeds = Readonly<Record<string, Feed>>;

/** Networks that note what they are fed; the encoder's latents are the mean of each frame group's first frame. */
function stub() {
  const seen: Feeds[] = [];
  const session = (inputs: string[], compute: (feeds: Feeds) => Record<string, Tensor>): Session => ({
    file: 'stub.onnx',
    inputs: new Map(inputs.map((name) => [name, { name, type: 'float32', shape: [] }])),
    outputs: new Map(),
    run: async (feeds) => compute(feeds),
    runKeeping: async () => assert.fail('nothing is kept here'),
    seconds: 0,
    release: async () => {},
  });
  const transformer = ['hidden_states', 'control_latents', 'control_weight', 'fps'];
  const sessions: Record<string, Session> = {
    text_encoder: session([], () => ({ encoder_hidden_states: tensor([1, 1, 1]) })),
    transformer: session(transformer, (feeds) => {
      seen.push(feeds);
      return { velocity: tensor((feeds.hidden_states as Tensor).dims) };
    }),
    vae_encoder: session([], ({ video }) => {
      const { dims, data } = video as Tensor;
      const latents = tensor([1, 1 + (dims[2]! - 1) / 4, 2, dims[3]! / 16, dims[4]! / 16]);
      latents.data.fill(data[0]!);
      return { latents };
    }),
    vae_decoder: session([], ({ latents }) => {
      const [, t, , h, w] = (latents as Tensor).dims as [number, number, number, number, number];
      return { video: tensor([1, 3, 1 + (t - 1) * 4, h * 16, w * 16]) };
    }),
    depth: session([], ({ video }) => ({ control: tensor((video as Tensor).dims) })),
  };
  const loader: PartLoader = {
    component: async (name) => sessions[name]!,
    vocabulary: async () => ({ encode: () => [1] }),
  };
  return { seen, loader };
}

const grey = (frames: number, value: number) => ({
  frames,
  data: new Uint8Array(frames * 32 * 16 * 3).fill(value),
});
const request: RenderRequest = { ...RED_CIRCLE, width: 32, height: 16, frames: 9, fps: 12, steps: 2 };

async function firstFeeds(asked: RenderRequest): Promise<Feeds> {
  const { seen, loader } = stub();
  const reader = readPipeline(profile);
  const pipeline = await reader.open(loader);
  const render = await pipeline.begin(asked, reader.plan(asked), (dims) => tensor(dims));
  await (await render.window(0, undefined)).step(0);
  return seen[0]!;
}

test('controls are fed in the order of the profile, absent ones as zeros of no weight, with the frame rate', async () => {
  const edge = { kind: 'edge' as const, weight: 0.75, video: grey(9, 255) };
  const feeds = await firstFeeds({ ...request, mode: 'transfer', controls: [edge] });
  assert.deepEqual([...(feeds.control_weight as Tensor).data], [0.75, 0]);
  assert.deepEqual((feeds.control_latents as Tensor).dims, [1, 2, 3, 2, 1, 2]);
  assert.deepEqual([...new Set((feeds.control_latents as Tensor).data.subarray(0, 12))], [1]);
  assert.deepEqual([...new Set((feeds.control_latents as Tensor).data.subarray(12))], [0]);
  assert.deepEqual([...(feeds.fps as Tensor).data], [12]);
});

test('a control without a clip is made from the video where the profile has a network for it', async () => {
  const asked = {
    ...request,
    mode: 'transfer' as const,
    video: grey(3, 0),
    controls: [{ kind: 'depth' as const, weight: 1 }],
  };
  const feeds = await firstFeeds(asked);
  assert.deepEqual([...(feeds.control_weight as Tensor).data], [0, 1]);
  const { plan } = readPipeline(profile);
  const refused = (error: unknown) => error instanceof FarmError && error.type === 'invalid_request';
  assert.throws(() => plan({ ...asked, controls: [{ kind: 'edge', weight: 1 }] }), refused);
  assert.throws(() => plan({ ...asked, controls: [{ kind: 'seg', weight: 1, video: grey(1, 0) }] }), refused);
});

test('the end of a clip conditions the first latent frames, and a still is one latent frame', async () => {
  const feeds = await firstFeeds({ ...request, mode: 'video2video', video: grey(20, 128) });
  assert.deepEqual([...(feeds.condition_mask as Tensor).data], [1, 1, 1, 1, 0, 0]);
  const still = await firstFeeds({ ...request, mode: 'text2image', frames: 1 });
  assert.deepEqual((still.hidden_states as Tensor).dims, [1, 1, 2, 1, 2]);
});
