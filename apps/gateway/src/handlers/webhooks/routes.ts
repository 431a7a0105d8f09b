import type { Route } from '../../http/route.ts';
import { createEndpoint, createEndpointSchema } from './create-endpoint.ts';
import { deleteEndpoint, enableEndpoint, getEndpoint, listEndpoints, testEndpoint } from './endpoints.ts';
import { listDeliveries } from './list-deliveries.ts';
import { redeliver } from './redeliver.ts';
import { getSecret, rotateEndpointSecret, rotateSecret } from './secrets.ts';

const endpoint = '/v1/webhooks/endpoints/:id';

/** Everything about webhooks. */
export const webhookRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/webhooks/deliveries',
    handler: listDeliveries,
    summary: 'List webhook deliveries',
  },
  {
    method: 'post',
    path: '/v1/webhooks/deliveries/:id/redeliver',
    handler: redeliver,
    summary: 'Send a webhook delivery again',
  },
  {
    method: 'post',
    path: '/v1/webhooks/endpoints',
    handler: createEndpoint,
    body: 'json',
    schema: { name: 'CreateWebhookEndpoint', zod: createEndpointSchema },
    summary: 'Subscribe a webhook endpoint',
  },
  {
    method: 'get',
    path: '/v1/webhooks/endpoints',
    handler: listEndpoints,
    summary: 'List webhook endpoints',
  },
  { method: 'get', path: endpoint, handler: getEndpoint, summary: 'One webhook endpoint' },
  { method: 'delete', path: endpoint, handler: deleteEndpoint, summary: 'Remove a webhook endpoint' },
  {
    method: 'post',
    path: `${endpoint}/enable`,
    handler: enableEndpoint,
    summary: 'Send to a disabled endpoint again',
  },
  { method: 'post', path: `${endpoint}/test`, handler: testEndpoint, summary: 'Send a test event' },
  {
    method: 'post',
    path: `${endpoint}/secret/rotate`,
    handler: rotateEndpointSecret,
    summary: "Replace an endpoint's secret",
  },
  { method: 'get', path: '/v1/webhooks/secret', handler: getSecret, summary: "The key's webhook secret" },
  {
    method: 'post',
    path: '/v1/webhooks/secret/rotate',
    handler: rotateSecret,
    summary: "Replace the key's webhook secret",
  },
];
