import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Gateway } from '../gateway.ts';
import { json, type Call } from '../http/call.ts';

/** The licence as NIM clients read it; it is one file, and does not change while we run. */
export function licenseInfo({ config }: Pick<Gateway, 'config'>) {
  const content = readFileSync(config.licenseFile, 'utf8');
  return {
    name: 'Apache License 2.0',
    path: 'LICENSE',
    sha: createHash('sha256').update(content).digest('hex'),
    size: Buffer.byteLength(content),
    url: 'https://www.apache.org/licenses/LICENSE-2.0.txt',
    type: 'file',
    content,
  };
}

/** `GET /v1/license`. */
export const license = (_call: Call, gateway: Gateway) => json(200, licenseInfo(gateway));
