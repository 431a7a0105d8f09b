import { json } from '../http/call.ts';
import { VERSION } from '../version.ts';

/** `GET /v1/version`. */
export const version = () => json(200, VERSION);
