import { type Readable, Transform } from 'node:stream';
import { OutboundError } from './errors.ts';

/**
 * Passes a body on while it is under its limit.
 *
 * @param translate turns the source's error into the one that readers get
 * @param onEnd called once, when the body ended, failed or was given up
 */
export function limitBody(
  source: Readable,
  maxBytes: number,
  { translate, onEnd }: { translate: (error: unknown) => Error; onEnd: () => void },
): Readable {
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  source.on('error', (error) => limited.destroy(translate(error)));
  limited.on('close', () => {
    if (!source.readableEnded) source.destroy();
    onEnd();
  });
  return source.pipe(limited);
}

export function tooLarge(maxBytes: number): OutboundError {
  return new OutboundError('too_large', `the answer is larger than ${maxBytes} bytes`);
}
