import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CHART, helm } from './support/helm.ts';

const pool = (more = '') => `{ name: all, tiers: ["720"]${more} }`;
const profile = (more: string) => `storage: { s3: { bucket: clips } }\nprofiles: [${more}]`;
const nano = (more: string) =>
  profile(`{ id: cosmos3-nano, engine: nim, nim: { image: nim }, pools: [${pool()}], ${more} }`);

/** Values that make no sense, and the words in which the chart says so. */
const NONSENSE: readonly [what: string, values: string, says: RegExp][] = [
  ['no storage at all', '{}', /set storage\.s3\.bucket, or storage\.claim/],
  ['two storages', 'storage: { claim: a, s3: { bucket: clips } }', /not both/],
  [
    'a bucket that cannot be',
    'storage: { s3: { bucket: My_Bucket } }',
    /\/storage\/s3\/bucket.*does not match/,
  ],
  [
    'an endpoint without scheme',
    'storage: { s3: { bucket: clips, endpoint: "minio:9000" } }',
    /\/storage\/s3\/endpoint/,
  ],
  [
    'an external Redis nowhere',
    'storage: { s3: { bucket: clips } }\nredis: { mode: external }',
    /an external Redis needs redis\.external\.url/,
  ],
  [
    'a Redis that is no Redis',
    'storage: { s3: { bucket: clips } }\nredis: { mode: external, external: { url: "http://x" } }',
    /\/redis\/external\/url/,
  ],
  ['a misspelt value', 'storage: { s3: { bucket: clips } }\ngatway: {}', /additional propert.*gatway/],
  [
    'a misspelt variable',
    'storage: { s3: { bucket: clips } }\ngateway: { settings: { WORLDFARM_QUEUE_DPTH: 3 } }',
    /WORLDFARM_QUEUE_DPTH/,
  ],
  [
    "a worker's variable for the gateway",
    'storage: { s3: { bucket: clips } }\ngateway: { settings: { WORLDFARM_CHECKPOINT_SECONDS: 3 } }',
    /WORLDFARM_CHECKPOINT_SECONDS/,
  ],
  [
    'an unknown scaler',
    'storage: { s3: { bucket: clips } }\nautoscaling: { kind: hpa }',
    /must be one of 'keda', 'none'/,
  ],
  [
    'a Prometheus trigger without Prometheus',
    'storage: { s3: { bucket: clips } }\nautoscaling: { trigger: prometheus }',
    /needs autoscaling\.prometheus\.serverAddress/,
  ],
  [
    'an ingress without host',
    'storage: { s3: { bucket: clips } }\ngateway: { ingress: { enabled: true } }',
    /\/gateway\/ingress\/host/,
  ],
  [
    'a route to no Gateway',
    'storage: { s3: { bucket: clips } }\ngateway: { gatewayApi: { enabled: true } }',
    /gatewayApi needs parentRefs/,
  ],
  [
    'a budget that lets no node be drained',
    'storage: { s3: { bucket: clips } }\ngateway: { replicas: 1, autoscaling: { enabled: false } }',
    /minAvailable of 1 keeps the nodes of 1 gateway\(s\) from ever being drained/,
  ],
  [
    'a default profile that is not there',
    'storage: { s3: { bucket: clips } }\ngateway: { defaultProfile: other }',
    /default profile other is none of the profiles/,
  ],
  ['no profile', 'storage: { s3: { bucket: clips } }\nprofiles: []', /\/profiles.*minItems/],
  [
    'a tier that is none',
    profile(`{ id: a, engine: onnx, model: { source: image }, pools: [{ name: a, tiers: ["1080"] }] }`),
    /'256', '480', '720'/,
  ],
  ['an unknown engine', profile(`{ id: a, engine: triton, pools: [${pool()}] }`), /'onnx', 'nim', 'videos'/],
  [
    'a NIM without image',
    profile(`{ id: cosmos3-nano, engine: nim, nim: {}, pools: [${pool()}] }`),
    /missing property 'image'/,
  ],
  [
    'an onnx profile without model',
    profile(`{ id: kernel-world, engine: onnx, pools: [${pool()}] }`),
    /missing property 'model'/,
  ],
  [
    'a model copied without digest',
    profile(`{ id: kernel-world, engine: onnx, model: { source: s3, url: "s3://m/x" }, pools: [${pool()}] }`),
    /missing property 'sha256'/,
  ],
  [
    'a profile that nobody knows',
    profile(`{ id: my-own, engine: onnx, model: { source: pvc, claim: x }, pools: [${pool()}] }`),
    /my-own: the chart does not know it; give its profile\.json/,
  ],
  [
    'a model server nowhere',
    profile(`{ id: v, engine: videos, videos: {}, definition: { name: V }, pools: [${pool()}] }`),
    /needs videos\.image to run beside the worker, or videos\.url/,
  ],
  ['a profile without pools', nano('').replace(`[${pool()}]`, '[]'), /minItems/],
  [
    'one tier in two pools',
    nano('').replace(`[${pool()}]`, `[${pool()}, { name: more, tiers: ["720", "480"] }]`),
    /tier 720 is in two pools, and both would scale for the same jobs/,
  ],
  [
    'two pools of one name',
    nano('').replace(`[${pool()}]`, `[${pool()}, { name: all, tiers: ["480"] }]`),
    /two pools are called all/,
  ],
  [
    'min above max',
    nano('').replace(pool(), pool(', scaling: { min: 4, max: 2 }')),
    /scaling\.min is above scaling\.max/,
  ],
  ['minus one GPU', nano('').replace(pool(), pool(', gpus: -1')), /minimum/],
  [
    'a profile twice',
    profile(
      `{ id: kernel-world, engine: onnx, model: { source: image }, pools: [${pool()}] }, { id: kernel-world, engine: onnx, model: { source: image }, pools: [${pool()}] }`,
    ),
    /kernel-world is there twice/,
  ],
];

describe('values that make no sense', { concurrency: 4 }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'worldfarm-values-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [what, values, says] of NONSENSE) {
    it(`are refused in words: ${what}`, async () => {
      const file = join(folder, `${what.replaceAll(/\W+/g, '-')}.yaml`);
      await writeFile(file, values);
      await assert.rejects(helm('template', 'farm', CHART, '--values', file), (error: { stderr: string }) => {
        assert.match(error.stderr, says);
        return true;
      });
    });
  }
});
