export { createClient, type FarmClient } from './client.ts';
export { ApiError } from './error.ts';
export type { HttpOptions } from './http.ts';
export type { Job, JobList, SubmitOptions } from './types.ts';
