import type { Route } from '../../http/route.ts';
import { batchErrors } from './batch-errors.ts';
import { batchFile, batchFiles } from './batch-files.ts';
import { batchItems } from './batch-items.ts';
import { batchManifest } from './batch-manifest.ts';
import { controlBatch } from './control-batch.ts';
import { createBatch } from './create-batch.ts';
import { exportBatch } from './export-batch.ts';
import { getBatch } from './get-batch.ts';
import { listBatches } from './list-batches.ts';
import { retryFailed } from './retry-failed.ts';
import { uploadRows } from './upload-rows.ts';

/** Datasets: many jobs from one spec. */
export const batchRoutes: readonly Route[] = [
  { method: 'post', path: '/v1/batches', handler: createBatch, body: 'json', summary: 'Render a dataset' },
  { method: 'get', path: '/v1/batches', handler: listBatches, summary: 'List batches, newest first' },
  {
    method: 'post',
    path: '/v1/batches/uploads',
    handler: uploadRows,
    body: 'stream',
    summary: 'Bring the rows of a batch (JSONL)',
  },
  { method: 'get', path: '/v1/batches/:id', handler: getBatch, summary: 'One batch' },
  { method: 'get', path: '/v1/batches/:id/items', handler: batchItems, summary: 'Its rows' },
  { method: 'get', path: '/v1/batches/:id/errors', handler: batchErrors, summary: 'What is wrong, as JSONL' },
  {
    method: 'get',
    path: '/v1/batches/:id/manifest',
    handler: batchManifest,
    summary: 'How each clip was made',
  },
  { method: 'get', path: '/v1/batches/:id/files', handler: batchFiles, summary: 'The files of the dataset' },
  { method: 'get', path: '/v1/batches/:id/files/*path', handler: batchFile },
  {
    method: 'post',
    path: '/v1/batches/:id/cancel',
    handler: controlBatch('cancel'),
    summary: 'Stop a batch',
  },
  { method: 'post', path: '/v1/batches/:id/pause', handler: controlBatch('pause'), summary: 'Hold a batch' },
  { method: 'post', path: '/v1/batches/:id/resume', handler: controlBatch('run'), summary: 'Go on with it' },
  {
    method: 'post',
    path: '/v1/batches/:id/retry-failed',
    handler: retryFailed,
    summary: 'Render the failed rows again',
  },
  {
    method: 'post',
    path: '/v1/batches/:id/export',
    handler: exportBatch,
    body: 'json',
    summary: 'Lay the clips out anew, filtered',
  },
];
