/**
 * Takes frames from an engine as fast as they come and hands them on as fast as they are wanted, so that the lane
 * is free at the last frame however long the encoder lasts. Beyond `maxBytes` the engine waits for the encoder.
 *
 * @param onLast called when the engine has given its last frame
 */
export async function* bufferFrames(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onLast: () => void,
): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let end: { error?: unknown } | undefined;
  let left = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  const pump = async () => {
    try {
      for await (const frame of source) {
        waiting.push(frame);
        bytes += frame.byteLength;
        change();
        while (bytes > maxBytes && !left) await changed.promise;
        if (left) return;
      }
      onLast();
      end = {};
    } catch (error) {
      end = { error };
    } finally {
      change();
    }
  };

  const pumping = pump();
  try {
    while (true) {
      const frame = waiting.shift();
      if (frame) {
        bytes -= frame.byteLength;
        change();
        yield frame;
      } else if (end) {
        if ('error' in end) throw end.error;
        return;
      } else await changed.promise;
    }
  } finally {
    left = true;
    change();
    await pumping;
  }
}
