import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FarmError, MEDIA_LIMITS, uploadText } from '@worldfarm/core';
import busboy from 'busboy';
import { readJson } from './json.ts';
import { type BodyLimits, limited, tooLarge } from './limits.ts';
import type { Uploads } from './upload.ts';

const MOST_FIELDS = 32;

/**
 * Reads a body that may be JSON or multipart/form-data. Files are set aside and stand in the result as upload
 * texts; form fields are strings, whatever they mean.
 *
 * @throws FarmError invalid_request, body_too_large, unsupported_content_type
 */
export async function readForm(
  request: IncomingMessage,
  uploads: Uploads,
  limits: BodyLimits,
): Promise<unknown> {
  if (!/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
    return readJson(request, uploads, limits);
  }
  const fields: Record<string, string> = {};
  const files: Promise<void>[] = [];
  const parser = openParser(request, limits);
  parser.on('field', (name, value, info) => {
    if (info.valueTruncated) parser.destroy(tooLarge(limits.fields, name, name));
    else fields[name] = value;
  });
  parser.on('file', (name, stream) => {
    const stored = storeFile(name, stream, uploads).then((id) => {
      fields[name] = uploadText(id);
    });
    stored.catch((error: Error) => parser.destroy(error));
    files.push(stored);
  });
  try {
    await pipeline(Readable.from(limited(request, limits.total)), parser);
    await Promise.all(files);
  } catch (error) {
    if (error instanceof FarmError) throw error;
    throw new FarmError('invalid_request', 'the body is not valid multipart/form-data', {
      param: 'body',
      cause: error,
    });
  }
  return fields;
}

function openParser(request: IncomingMessage, limits: BodyLimits) {
  try {
    return busboy({
      headers: request.headers,
      limits: {
        fields: MOST_FIELDS,
        files: 4,
        fieldSize: limits.fields,
        fieldNameSize: 100,
        fileSize: MEDIA_LIMITS.video.decoded + 1,
      },
    });
  } catch (error) {
    throw new FarmError('invalid_request', 'the body is not valid multipart/form-data', {
      param: 'Content-Type',
      cause: error,
    });
  }
}

async function storeFile(name: string, stream: Readable, uploads: Uploads): Promise<string> {
  const upload = uploads.create(name);
  for await (const chunk of stream) await upload.writeBytes(chunk as Buffer);
  await upload.end();
  if (upload.bytes > MEDIA_LIMITS.video.decoded) throw tooLarge(MEDIA_LIMITS.video.decoded, name, name);
  return upload.id;
}
