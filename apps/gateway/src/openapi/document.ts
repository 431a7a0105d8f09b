import { batchSpecSchema, families } from '@worldfarm/core';
import { z } from 'zod';
import { createJobSchema } from '../handlers/create-job.ts';
import type { Route } from '../http/route.ts';
import { VERSION } from '../version.ts';
import { videoSchema } from '../videos/request.ts';
import { parametersOf } from './parameters.ts';
import { errorEnvelopeSchema, inferReplySchema, jobSchema } from './schemas.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The schema that validates a body, as JSON Schema. */
function bodySchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return rest;
}

/** The OpenAPI 3.1 document of a table of routes. */
export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: DIALECT,
    info: {
      title: 'Worldfarm',
      version: VERSION.release,
      description: 'A render farm for world models, behind the API of the Cosmos NIM.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }, { apiKey: [] }],
    paths: paths(routes.filter(({ summary }) => summary)),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      },
      schemas: {
        ...Object.fromEntries(
          Object.values(families).map(({ family, schema, title }) => [
            schemaName(family),
            { title, ...bodySchema(schema) },
          ]),
        ),
        CreateJob: bodySchema(createJobSchema),
        CreateBatch: bodySchema(batchSpecSchema),
        CreateVideo: bodySchema(videoSchema),
        ...Object.fromEntries(
          routes.flatMap(({ schema }) => (schema ? [[schema.name, bodySchema(schema.zod)]] : [])),
        ),
        Job: bodySchema(jobSchema),
        InferReply: bodySchema(inferReplySchema),
        Error: bodySchema(errorEnvelopeSchema),
      },
    },
  };
}

/** `cosmos3-generator` is `Cosmos3GeneratorRequest`: names of components are identifiers in generated clients. */
export function schemaName(family: string): string {
  const words = family.split(/[-.]/).map((word) => word[0]!.toUpperCase() + word.slice(1));
  return `${words.join('')}Request`;
}

function paths(routes: readonly Route[]): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    found[path] = { ...found[path], [route.method]: operation(route) };
  }
  return found;
}

function operation(route: Route): Record<string, unknown> {
  const parameters = parametersOf(route);
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.access === 'open' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBody(route) }),
    responses: {
      ...successes(route),
      default: {
        description: 'What went wrong',
        content: { 'application/json': { schema: ref('Error') } },
      },
    },
  };
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[/:._-]+/).filter(Boolean);
  return [method, ...words.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('');
}

const isInfer = ({ path }: Route) => path === '/v1/infer' || path.startsWith('/v1/cosmos/');

function requestBody(route: Route): Record<string, unknown> {
  if (route.body === 'stream') return { required: true, content: { 'application/jsonlines': {} } };
  if (route.path === '/v1/batches') {
    return { required: true, content: { 'application/json': { schema: ref('CreateBatch') } } };
  }
  if (route.path.startsWith('/v1/batches/')) {
    return { required: true, content: { 'application/json': { schema: { type: 'object' } } } };
  }
  if (route.path === '/v1/videos') {
    const schema = ref('CreateVideo');
    return { required: true, content: { 'application/json': { schema }, 'multipart/form-data': { schema } } };
  }
  if (!isInfer(route)) {
    return {
      required: true,
      content: { 'application/json': { schema: ref(route.schema?.name ?? 'CreateJob') } },
    };
  }
  return {
    required: true,
    content: {
      'application/json': {
        schema: { anyOf: Object.keys(families).map((family) => ref(schemaName(family))) },
        examples: Object.fromEntries(
          Object.values(families).flatMap(({ family, title, examples }) =>
            examples.map(({ summary, body }, index) => [
              `${family}-${index + 1}`,
              { summary: `${title}: ${summary}`, value: body },
            ]),
          ),
        ),
      },
    },
  };
}

function successes(route: Route): Record<string, unknown> {
  const job = { description: 'The job', content: { 'application/json': { schema: ref('Job') } } };
  if (isInfer(route)) {
    return {
      200: { description: 'The video', content: { 'application/json': { schema: ref('InferReply') } } },
      202: job,
    };
  }
  if (route.path === '/v1/jobs' && route.method === 'post') return { 202: job };
  if (route.path === '/v1/jobs/:id' && route.method === 'get') return { 200: job };
  return { 200: { description: 'Success' } };
}
