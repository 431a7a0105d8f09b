import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { FAMILIES } from '@worldfarm/core';
import { get, post, startGateway, type TestGateway } from '@worldfarm/gateway/testing';
import { startRedis, type TestRedis } from '@worldfarm/test-support';
import { Ajv2020 } from 'ajv/dist/2020.js';

// biome-ignore lint/suspicious/noExplicitAny: a document is read as it comes
type Json = any;

let redis: TestRedis;
let test: TestGateway;
let document: Json;
before(async () => {
  redis = await startRedis();
  test = await startGateway({ redisUrl: redis.url });
  document = (await get(`${test.url}/openapi.json`)).body;
});
after(async () => {
  await test.close();
  await redis.stop();
});

function checker(name: string) {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document, 'doc');
  return ajv.compile({ $ref: `doc#/components/schemas/${name}` });
}

describe('/openapi.json', () => {
  it('passes an OpenAPI 3.1 validator', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    assert.deepEqual(result.errors ?? [], []);
    assert.equal(result.valid, true);
    assert.equal(validator.version, '3.1');
  });

  it('has a schema and examples of every dialect, and each example is valid under its own', () => {
    const { content } = document.paths['/v1/infer'].post.requestBody;
    const { schema, examples } = content['application/json'];
    assert.equal(schema.anyOf.length, FAMILIES.length);
    for (const family of FAMILIES) {
      const own = Object.entries<Json>(examples).filter(([name]) => new RegExp(`^${family}-\\d`).test(name));
      assert.ok(own.length > 0, family);
      const name = schema.anyOf.map(({ $ref }: { $ref: string }) => $ref.split('/').at(-1));
      const component = name.find((each: string) => each === componentOf(family));
      const check = checker(component);
      for (const [, example] of own) assert.ok(check(example.value), JSON.stringify(check.errors));
      assert.equal(check({ ...own[0]![1].value, stranger: 1 }), false);
    }
  });

  it('gives every operation a name of its own', () => {
    const ids = Object.values<Json>(document.paths).flatMap((item) =>
      Object.values<Json>(item).map(({ operationId }) => operationId),
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  it('describes the job and the error that are really sent', async () => {
    const job = await post(`${test.url}/v1/infer`, { prompt: 'x' }, { prefer: 'respond-async' });
    const jobCheck = checker('Job');
    assert.ok(jobCheck(job.body), JSON.stringify(jobCheck.errors));
    const error = await post(`${test.url}/v1/infer`, { prompt: 5 });
    const errorCheck = checker('Error');
    assert.ok(errorCheck(error.body), JSON.stringify(errorCheck.errors));
  });
});

function componentOf(family: string): string {
  return `${family
    .split(/[-.]/)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')}Request`;
}
