export { type Answer, errorOf, get, post } from './call.ts';
export { type FakeWorker, type FakeWorkerOptions, startFakeWorker } from './fake-worker.ts';
export { startGateway, type TestGateway, type TestGatewayOptions } from './harness.ts';
export { tinyPng } from './png.ts';
export { aProfile } from './profiles.ts';
